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
 * Upper and work directory of an {@linkplain OverlaySpec#ephemeral() ephemeral} view: made before
 * it is mounted, and removed when this is closed, unless they are kept before. They lie in a new
 * directory whose name tells what it is.
 */
public final class EphemeralUpper implements Closeable {
  private static final String PREFIX = "overlays-ephemeral-";
  private static final String PREFIX_IN_MEMORY = PREFIX + "memory-";
  private static final Name UPPER = Name.of("upper");
  private static final Name WORK = Name.of("work");

  private final OverlaySpec spec;
  private final Path place;
  private final Path directory;
  private final Closeable end;
  private final boolean inDirectory;
  private boolean discarded;

  private EphemeralUpper(OverlaySpec spec, Path place, Closeable end) {
    this.place = place;
    this.end = end;
    inDirectory = spec.ephemeral().orElseThrow() instanceof Ephemeral.Directory;
    directory = place.resolve((inDirectory ? PREFIX : PREFIX_IN_MEMORY) + UUID.randomUUID());
    this.spec =
        spec.withUpper(directory.resolve(UPPER.toString()), directory.resolve(WORK.toString()));
  }

  /**
   * Makes upper and work directory. The upper gets the attributes of the top-most lower.
   *
   * @param spec an ephemeral spec
   * @param place an existing directory; that of {@link Ephemeral.Directory}, or one of a file
   *     system of memory
   * @param end closed when this is closed, or when they cannot be made: what ends that file system
   * @return the directories, to be closed
   * @throws OverlayException if they cannot be made ({@link
   *     ProblemCode#EPHEMERAL_UPPER_NOT_CREATED}); nothing is left of them then
   */
  public static EphemeralUpper create(OverlaySpec spec, Path place, Closeable end)
      throws OverlayException {
    EphemeralUpper upper = new EphemeralUpper(spec, place.toAbsolutePath(), end);
    try {
      upper.make();
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

  private void make() throws IOException {
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
   * Tells what an upper is by its name, such as a mount table has.
   *
   * @param upper where the upper is, or was
   * @return the place that it was made in, if it is an ephemeral one; of memory without the limit
   */
  public static Optional<Ephemeral> behind(Path upper) {
    Path made = upper.getParent();
    if (!upper.endsWith(UPPER.toString()) || made == null || made.getFileName() == null) {
      return Optional.empty();
    }
    String name = made.getFileName().toString();
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    // A relative name is one inside a file system of memory, as a namespace mounts it.
    return Optional.of(
        name.startsWith(PREFIX_IN_MEMORY) || made.getParent() == null
            ? Ephemeral.inMemory()
            : Ephemeral.in(made.getParent()));
  }

  /**
   * Returns what is to be mounted.
   *
   * @return the spec with this upper and work directory, not ephemeral any more
   */
  public OverlaySpec spec() {
    return spec;
  }

  /**
   * Tells why the upper cannot be kept, as far as that can be told while it is mounted.
   *
   * @param target where it is to be kept
   * @return what is in the way
   */
  public Optional<Problem> obstacle(Path target) {
    return KeptUpper.obstacle(spec, target, discarded);
  }

  /**
   * Keeps the upper, which nothing uses any more.
   *
   * @param target a directory that does not exist yet, in one that does
   * @throws OverlayException if it cannot be kept ({@link ProblemCode#NOT_KEPT}); nothing is left
   *     there then, and nothing is lost here
   */
  public void keep(Path target) throws OverlayException {
    Optional<Problem> obstacle = obstacle(target);
    if (obstacle.isPresent()) {
      throw new OverlayException(obstacle.get());
    }
    KeptUpper.keep(spec, directory, UPPER, target);
  }

  /** Removes what has not been kept. Does nothing the second time. */
  @Override
  public void close() throws IOException {
    if (discarded) {
      return;
    }
    try (end) {
      // In memory it goes with its file system.
      if (inDirectory) {
        OwnTreeRemoval.of(LayerStore.of(place), place, Name.of(directory.getFileName().toString()));
      }
    }
    discarded = true;
  }
}
