package dev.overlays.instance;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.owners.MappedLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Creates the missing directories of an instance. A backend creates them when it mounts, after all
 * its checks, keeps them once the view is mounted, and closes this in any case: directories that
 * were created and not kept are removed again.
 */
public final class InstanceDirectories implements AutoCloseable {
  /** Looked up only when there is something to say: that sets up the logging of the JVM. */
  private static final String LOGGER = "dev.overlays";

  private static final String WRITABLE_BY_OWNER = "rwxr-xr-x";

  /** Nobody else needs to look into a work directory, or to lock it. */
  private static final String OWNER_ONLY = "rwx------";

  private final Deque<Path> created = new ArrayDeque<>();
  private final OverlaySpec spec;

  private InstanceDirectories(OverlaySpec spec) {
    this.spec = spec;
  }

  /**
   * Mounts a spec, and creates the missing directories of its instance before. If mounting fails,
   * they are removed again.
   *
   * @param spec what is to be mounted
   * @param checks lists what would make the mount fail; asked only if directories are missing, so
   *     that none is created in vain
   * @param mounting mounts the spec
   * @return the mount
   * @throws OverlayException with what the checks list, as {@link #createMissing(OverlaySpec)}, or
   *     from the mounting
   */
  public static OverlayMount mountIn(
      OverlaySpec spec, Supplier<List<Problem>> checks, ViewMounting mounting)
      throws OverlayException {
    if (allExist(spec)) {
      return mounting.mountSpec(spec);
    }
    List<Problem> problems = checks.get();
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    try (InstanceDirectories directories = createMissing(spec)) {
      OverlayMount mount = mounting.mountSpec(spec);
      directories.keepCreated();
      return mount;
    }
  }

  /**
   * Tells whether all directories exist, so that there is nothing to create.
   *
   * @param spec what is to be mounted
   * @return whether it has no instance, or all directories of its instance exist
   */
  public static boolean allExist(OverlaySpec spec) {
    return spec.instance().isEmpty()
        || (Files.isDirectory(spec.upper().orElseThrow())
            && Files.isDirectory(spec.work().orElseThrow())
            && Files.isDirectory(spec.mountPoint().orElseThrow()));
  }

  /**
   * Creates the missing directories of an instance. A new upper gets the attributes of the top-most
   * lower, because the root of the view shows them; its owner is not copied if this process may not
   * give files away. Whatever the umask is, only the owner may write to the other directories, or
   * open the work directory.
   *
   * @param spec what is to be mounted
   * @return the directories that were created, to be kept and closed
   * @throws OverlayException if the parent of the instance's directory, or a lower, does not exist
   *     or is no directory ({@link ProblemCode#INSTANCE_DIRECTORY_NOT_FOUND}, {@link
   *     ProblemCode#LAYER_NOT_FOUND}, {@link ProblemCode#LAYER_NOT_DIRECTORY}), if a lower cannot
   *     be read ({@link ProblemCode#LAYER_NOT_ACCESSIBLE}), if the instance would lie inside a
   *     lower ({@link ProblemCode#LAYER_NESTED}), or if a directory cannot be created ({@link
   *     ProblemCode#DIRECTORY_NOT_CREATED}); nothing is left behind then
   */
  public static InstanceDirectories createMissing(OverlaySpec spec) throws OverlayException {
    InstanceDirectories directories = new InstanceDirectories(spec);
    if (allExist(spec)) {
      return directories;
    }
    refuseMissing(spec);
    Path upper = spec.upper().orElseThrow();
    try {
      directories.createDirectory(spec.instance().get(), WRITABLE_BY_OWNER);
      directories.createDirectory(spec.work().orElseThrow(), OWNER_ONLY);
      directories.createDirectory(spec.mountPoint().orElseThrow(), WRITABLE_BY_OWNER);
      if (directories.createDirectory(upper, WRITABLE_BY_OWNER)) {
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
                  "The directories of the instance cannot be created: " + reasonOf(e) + ".",
                  "Give this process the right to write there, or create them by hand.")),
          e);
    }
  }

  private static String reasonOf(Exception failure) {
    return failure instanceof FileSystemException e && e.getFile() != null
        ? LayerEntries.reasonOf(e) + " at " + e.getFile()
        : failure.toString();
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
    if (parent != null && Files.exists(parent) && !Files.isDirectory(parent)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
              parent,
              "What should hold the instance is not a directory.",
              "Name a directory."));
    }
    for (Path lower : spec.lowers()) {
      refuseLower(lower, parent);
    }
  }

  private static void refuseLower(Path lower, Path parent) throws OverlayException {
    if (Files.notExists(lower)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              lower,
              "The lower does not exist.",
              "Create it, mount the disk that it is on, or correct the path."));
    }
    if (Files.exists(lower) && !Files.isDirectory(lower)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NOT_DIRECTORY,
              lower,
              "The lower is not a directory.",
              "Name a directory."));
    }
    refuseUnreadable(lower);
    if (parent != null && isInside(parent, lower)) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NESTED,
              parent,
              "The instance would lie inside the lower " + lower + ".",
              "Put the instances beside the lower, not inside it."));
    }
  }

  /** The attributes of a lower are copied once the directories are there. */
  private static void refuseUnreadable(Path lower) throws OverlayException {
    try (LayerDirectory root = LayerStore.of(lower).open(lower)) {
      Objects.requireNonNull(root);
    } catch (AccessDeniedException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.LAYER_NOT_ACCESSIBLE,
                  lower,
                  "The lower cannot be opened: permission denied.",
                  "Let this process read it, and search it and everything above it.")),
          e);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      // What comes next says what it means.
    }
  }

  /** Whether a directory lies inside another; false where that cannot be told. */
  private static boolean isInside(Path directory, Path outer) {
    try {
      return directory.toRealPath().startsWith(outer.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private boolean createDirectory(Path directory, String most) throws IOException {
    try {
      Files.createDirectory(directory, creationMode(directory, most));
      created.push(directory);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
      return false;
    }
  }

  /** Returns the most rights that a new directory gets, whatever the umask allows. */
  private static FileAttribute<?>[] creationMode(Path directory, String most) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(most))
        }
        : new FileAttribute<?>[0];
  }

  /** Gives a new upper the attributes of the top-most lower, as far as that is allowed. */
  static void copyAttributes(OverlaySpec spec, Path upper) throws IOException {
    Path lower = spec.lowers().get(0);
    MarkNamespace marks = MarkNamespace.of(spec.options());
    List<OverlaySpec> specs = List.of(spec);
    try (LayerDirectory from = MappedLayerStore.mapLowers(LayerStore.of(lower), specs).open(lower);
        LayerDirectory to = LayerStore.of(upper).open(upper)) {
      AttributeCopy.copyAllowedAttributes(from, Name.SELF, to, Name.SELF, marks);
    }
  }

  /** Keeps the directories that were created. */
  public void keepCreated() {
    created.clear();
  }

  /**
   * Removes the directories that were created and not kept, and everything that a failed mount put
   * into the upper, the work directory and the mount point; unless somebody else has mounted the
   * instance meanwhile, or is about to.
   */
  @Override
  public void close() {
    if (created.isEmpty()) {
      return;
    }
    if (allExist(spec)) {
      removeUnlessUsed();
    } else {
      // Others create and remove the same. If a directory has content, somebody is about to mount
      // it; an upper may be in a view before it has any, so it stays.
      created.remove(spec.upper().orElseThrow());
      created.forEach(directory -> removeCreated(directory, false));
    }
    created.clear();
  }

  private void removeUnlessUsed() {
    try (Closeable hold = LayerStore.of(spec.upper().orElseThrow()).hold(spec)) {
      Objects.requireNonNull(hold);
      // With its layers gone, others may create and mount new ones in the instance's own directory.
      Path instance = spec.instance().orElseThrow();
      created.forEach(directory -> removeCreated(directory, !directory.equals(instance)));
    } catch (OverlayException e) {
      System.getLogger(LOGGER)
          .log(System.Logger.Level.DEBUG, "left to whoever uses it: " + created, e);
    } catch (IOException e) {
      System.getLogger(LOGGER).log(System.Logger.Level.WARNING, "left behind: " + created, e);
    }
  }

  private static void removeCreated(Path directory, boolean withContent) {
    try {
      if (withContent) {
        removeContent(directory);
      }
      Files.delete(directory);
    } catch (IOException e) {
      System.getLogger(LOGGER).log(System.Logger.Level.WARNING, "left behind: " + directory, e);
    }
  }

  private static void removeContent(Path directory) throws IOException {
    try (LayerDirectory layer = LayerStore.of(directory).open(directory)) {
      LayerEntries.removeAll(layer);
    }
  }
}
