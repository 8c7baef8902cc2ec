package dev.overlays.linux.rootless;

import dev.overlays.linux.namespace.BottomRoot;
import dev.overlays.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The place where a view is mounted in a namespace, below its bottom root. Its name is never used
 * again in this JVM, so that the root of a closed view leads nowhere, and in no other JVM, because
 * the name is all that the kernel shows of a mapped file's view.
 */
final class ViewPlace {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final String NAME_PREFIX = "view-" + ProcessHandle.current().pid() + "-";
  private static final Set<PosixFilePermission> WRITABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r-xr-xr-x");

  private final UserNamespace namespace;
  private final String name;

  private ViewPlace(UserNamespace namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  /** Creates the directory. */
  static ViewPlace createPlace(UserNamespace namespace) throws IOException {
    ViewPlace place = new ViewPlace(namespace, NAME_PREFIX + COUNT.incrementAndGet());
    changeViewsDirectory(
        namespace,
        () -> {
          Files.createDirectory(
              place.pathSeenHere(), PosixFilePermissions.asFileAttribute(READ_ONLY));
          return null;
        });
    return place;
  }

  /**
   * Changes the directory of the views, which is read-only at other times, as are the directories
   * of views that are not mounted. So creating the missing parents of a path fails there.
   */
  private static void changeViewsDirectory(UserNamespace namespace, Callable<?> change)
      throws IOException {
    Path views = namespace.pathSeenHere(BottomRoot.VIEWS);
    synchronized (COUNT) {
      Files.setPosixFilePermissions(views, WRITABLE);
      try {
        change.call();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        Files.setPosixFilePermissions(views, READ_ONLY);
      }
    }
  }

  UserNamespace viewNamespace() {
    return namespace;
  }

  String placeName() {
    return name;
  }

  /** The path of the view in the bottom root. */
  Path pathInside() {
    return BottomRoot.VIEWS.resolve(name);
  }

  /** The path by which this process sees the root of the view. */
  Path pathSeenHere() {
    return namespace.pathSeenHere(pathInside());
  }

  /** The directory for the parts of the view, in the bottom root; created when it is needed. */
  Path makePartsDirectory() throws IOException {
    Path parts = BottomRoot.PARTS.resolve(name);
    try {
      Files.createDirectory(namespace.pathSeenHere(parts));
    } catch (FileAlreadyExistsException e) {
      // It was created before.
    }
    return parts;
  }

  /** Removes both directories of a view that is not mounted. */
  void removeDirectories() {
    if (!namespace.isAlive()) {
      return;
    }
    try {
      changeViewsDirectory(namespace, () -> Files.deleteIfExists(pathSeenHere()));
      Files.deleteIfExists(namespace.pathSeenHere(BottomRoot.PARTS.resolve(name)));
    } catch (IOException e) {
      // The directories go with the namespace.
    }
  }
}
