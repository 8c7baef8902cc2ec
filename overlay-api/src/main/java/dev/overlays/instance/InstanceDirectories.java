package dev.overlays.instance;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.owners.MappedLayers;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The directories of an instance that did not exist. A backend creates them when it mounts, after
 * it has looked for everything that could be wrong, keeps them when the view is mounted, and closes
 * this in any case: what was created and not kept is removed again.
 */
public final class InstanceDirectories implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays");

  private static final Set<PosixFilePermission> WRITABLE_BY_OWNER =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** Nobody else has to look into a work directory, nor to lock it. */
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Deque<Path> created = new ArrayDeque<>();
  private final OverlaySpec spec;

  private InstanceDirectories(OverlaySpec spec) {
    this.spec = spec;
  }

  /**
   * Tells whether there is nothing to create.
   *
   * @param spec what is to be mounted
   * @return whether it has no instance, or all directories of its instance are there
   */
  public static boolean areThere(OverlaySpec spec) {
    return spec.instance().isEmpty()
        || (Files.isDirectory(spec.upper().orElseThrow())
            && Files.isDirectory(spec.work().orElseThrow())
            && Files.isDirectory(spec.mountPoint().orElseThrow()));
  }

  /**
   * Creates what is missing of an instance. A new upper gets the attributes of the top-most lower,
   * so that the root of the view looks like it, but for the owner where this process may not give
   * files away. Whatever the umask of this process is, nobody but the owner may write to the
   * others, nor open the work directory.
   *
   * @param spec what is to be mounted
   * @return what was created
   * @throws OverlayException if the directory that is to hold the instance, or the top-most lower,
   *     does not exist ({@link ProblemCode#INSTANCE_DIRECTORY_NOT_FOUND}, {@link
   *     ProblemCode#LAYER_NOT_FOUND}), or something cannot be created ({@link
   *     ProblemCode#DIRECTORY_NOT_CREATED}); nothing is left of it then
   */
  public static InstanceDirectories create(OverlaySpec spec) throws OverlayException {
    InstanceDirectories directories = new InstanceDirectories(spec);
    if (areThere(spec)) {
      return directories;
    }
    refuseMissing(spec);
    Path upper = spec.upper().orElseThrow();
    try {
      directories.create(spec.instance().get(), WRITABLE_BY_OWNER);
      directories.create(spec.work().orElseThrow(), OWNER_ONLY);
      directories.create(spec.mountPoint().orElseThrow(), WRITABLE_BY_OWNER);
      if (directories.create(upper, WRITABLE_BY_OWNER)) {
        copyAttributes(spec, upper);
      }
      return directories;
    } catch (Error e) {
      directories.close();
      throw e;
    } catch (IOException | RuntimeException e) {
      directories.close();
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.DIRECTORY_NOT_CREATED,
                  spec.instance().get(),
                  "The directories of the instance cannot be created: " + e + ".",
                  "Give this process the right to write there, or create them by hand.")),
          e);
    }
  }

  private static void refuseMissing(OverlaySpec spec) throws OverlayException {
    Path instance = spec.instance().orElseThrow().toAbsolutePath();
    Path parent = instance.getParent();
    if (parent != null && Files.notExists(parent)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
              parent,
              "The directory that should hold the instance does not exist.",
              "Create it, or mount the disk that it is on: only the instance's own directory is"
                  + " created."));
    }
    Path lower = spec.lowers().get(0);
    if (Files.notExists(lower)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              lower,
              "The lower does not exist.",
              "Create it, mount the disk that it is on, or correct the path."));
    }
  }

  private boolean create(Path directory, Set<PosixFilePermission> most) throws IOException {
    try {
      Files.createDirectory(directory, mode(directory, most));
      created.push(directory);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
      return false;
    }
  }

  /** What others may at most, whatever the umask of this process lets them. */
  private static FileAttribute<?>[] mode(Path directory, Set<PosixFilePermission> most) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(most)}
        : new FileAttribute<?>[0];
  }

  /** Gives a new upper the attributes of the top-most lower, as far as that is allowed. */
  static void copyAttributes(OverlaySpec spec, Path upper) throws IOException {
    Path lower = spec.lowers().get(0);
    MarkNamespace marks = MarkNamespace.of(spec.options());
    List<OverlaySpec> specs = List.of(spec);
    try (LayerDirectory from = MappedLayers.of(LayerStore.of(lower), specs).open(lower);
        LayerDirectory to = LayerStore.of(upper).open(upper)) {
      AttributeCopy.copyAllowed(from, Name.SELF, to, Name.SELF, marks);
    }
  }

  /** Keeps what was created. */
  public void keep() {
    created.clear();
  }

  /**
   * Removes what was created, and what a failed mount has put into it; unless somebody else has
   * mounted the instance meanwhile, whose it is then.
   */
  @Override
  public void close() {
    if (created.isEmpty()) {
      return;
    }
    if (areThere(spec)) {
      removeUnlessUsed();
    } else {
      // Nobody could mount this yet, so nothing is in there but what somebody is about to mount.
      created.forEach(directory -> remove(directory, false));
    }
    created.clear();
  }

  private void removeUnlessUsed() {
    try (Closeable hold = LayerStore.of(spec.upper().orElseThrow()).hold(spec)) {
      Objects.requireNonNull(hold);
      created.forEach(directory -> remove(directory, true));
    } catch (OverlayException e) {
      LOG.log(System.Logger.Level.DEBUG, "left to whoever uses it: " + created, e);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind: " + created, e);
    }
  }

  private static void remove(Path directory, boolean withContent) {
    try {
      if (withContent) {
        clear(directory);
      }
      Files.delete(directory);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind: " + directory, e);
    }
  }

  private static void clear(Path directory) throws IOException {
    try (LayerDirectory layer = LayerStore.of(directory).open(directory)) {
      LayerEntries.removeAll(layer);
    }
  }
}
