package dev.overlays.instance;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Upper and work directory of an {@linkplain OverlaySpec#ephemeral() ephemeral} view: they are
 * created before it is mounted, and removed when this is closed, unless the upper is kept before.
 * They lie in a new directory whose name says that it is ephemeral.
 */
public final class EphemeralUpper implements Closeable {
  private static final String PREFIX = "overlays-ephemeral-";
  private static final String PREFIX_IN_MEMORY = PREFIX + "memory-";
  private static final Name UPPER = Name.of("upper");
  private static final Name WORK = Name.of("work");

  private final OverlaySpec spec;
  private final Path place;
  private final Path directory;
  private final Closeable placeCloser;
  private final boolean inDirectory;
  private boolean discarded;

  private EphemeralUpper(OverlaySpec spec, Path place, Closeable end) {
    this.place = place;
    this.placeCloser = end;
    inDirectory = spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory;
    directory = place.resolve((inDirectory ? PREFIX : PREFIX_IN_MEMORY) + UUID.randomUUID());
    this.spec =
        spec.withUpper(directory.resolve(UPPER.toString()), directory.resolve(WORK.toString()));
  }

  /**
   * Creates upper and work directory. The upper gets the attributes of the top-most lower.
   *
   * @param spec an ephemeral spec
   * @param place an existing directory: that of {@link Ephemeral.Directory}, or a directory on a
   *     file system in memory
   * @param end ends that file system; closed when this is closed, or when the directories cannot be
   *     created
   * @return the directories, to be closed
   * @throws OverlayException if they cannot be created ({@link
   *     ProblemCode#EPHEMERAL_UPPER_NOT_CREATED}); nothing is left of them then
   */
  public static EphemeralUpper create(OverlaySpec spec, Path place, Closeable end)
      throws OverlayException {
    EphemeralUpper upper = new EphemeralUpper(spec, place.toAbsolutePath(), end);
    try {
      upper.makeDirectories();
      return upper;
    } catch (Error e) {
      upper.discardAfter(e);
      throw e;
    } catch (IOException | RuntimeException e) {
      OverlayException told =
          new OverlayException(
              List.of(
                  Problem.of(
                      ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
                      place,
                      "Upper and work directory of the view cannot be made here: " + e + ".",
                      "Give this process the right to write there, or name another directory with"
                          + " Ephemeral.in(directory).")),
              e);
      upper.discardAfter(told);
      throw told;
    }
  }

  private void discardAfter(Throwable failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void makeDirectories() throws IOException {
    LayerStore store = LayerStore.of(place);
    try (LayerDirectory parent = store.open(place)) {
      Name name = Name.of(directory.getFileName().toString());
      parent.createDirectory(name);
      try (LayerDirectory made = parent.open(name)) {
        made.createDirectory(UPPER);
        made.createDirectory(WORK);
      }
    }
    InstanceDirectories.copyAttributes(spec, spec.upper().orElseThrow());
  }

  /**
   * Tells by its path whether an upper is an ephemeral one, for example for a path from a mount
   * table.
   *
   * @param upper where the upper is, or was
   * @return the place in which it was created; in memory without its limit; empty if it is not
   *     ephemeral
   */
  public static Optional<Ephemeral> ephemeralOf(Path upper) {
    Path made = upper.getParent();
    if (!upper.endsWith(UPPER.toString()) || made == null || made.getFileName() == null) {
      return Optional.empty();
    }
    String name = made.getFileName().toString();
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    // A relative path is inside a file system in memory, as a namespace mounts it.
    return Optional.of(
        name.startsWith(PREFIX_IN_MEMORY) || made.getParent() == null
            ? Ephemeral.inMemory()
            : Ephemeral.in(made.getParent()));
  }

  /**
   * Returns the spec to mount.
   *
   * @return the spec with this upper and work directory; it is not ephemeral
   */
  public OverlaySpec mountedSpec() {
    return spec;
  }

  /**
   * Returns why the upper cannot be kept, as far as that is known while it is mounted.
   *
   * @param target where to keep it
   * @return the problem; empty if nothing is known against it
   */
  public Optional<Problem> obstacleToKeeping(Path target) {
    return UpperKeeping.findObstacle(spec, target, discarded);
  }

  /**
   * Moves or copies the upper, which nothing uses any more, to a place where it stays.
   *
   * @param target a directory that does not exist yet, in one that does
   * @throws OverlayException if it cannot be kept ({@link ProblemCode#NOT_KEPT}); then the target
   *     does not exist, and the upper is unchanged
   */
  public void keepTo(Path target) throws OverlayException {
    Optional<Problem> obstacle = obstacleToKeeping(target);
    if (obstacle.isPresent()) {
      throw new OverlayException(obstacle.get());
    }
    UpperKeeping.keepUpper(spec, directory, UPPER, target);
  }

  /** Removes what was not kept. A second call does nothing. */
  @Override
  public void close() throws IOException {
    if (discarded) {
      return;
    }
    try (placeCloser) {
      // In memory it goes with its file system.
      if (inDirectory) {
        OwnTreeRemoval.removeTree(
            LayerStore.of(place), place, Name.of(directory.getFileName().toString()));
      }
    }
    discarded = true;
  }
}
