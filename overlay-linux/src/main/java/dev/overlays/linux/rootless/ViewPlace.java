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
 * Where a view is mounted in a namespace, below its bottom root. No other view of this JVM ever has
 * the name, so the root of one that is closed leads nowhere; nor has one of another JVM, since that
 * is all that the kernel tells of who has mapped a file.
 */
final class ViewPlace {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final String NAMES = "view-" + ProcessHandle.current().pid() + "-";
  private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> CLOSED =
      PosixFilePermissions.fromString("r-xr-xr-x");

  private final UserNamespace namespace;
  private final String name;

  private ViewPlace(UserNamespace namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  /** Makes the directory. */
  static ViewPlace createPlace(UserNamespace namespace) throws IOException {
    ViewPlace place = new ViewPlace(namespace, NAMES + COUNT.incrementAndGet());
    changePlace(
        namespace,
        () -> {
          Files.createDirectory(place.pathSeenHere(), PosixFilePermissions.asFileAttribute(CLOSED));
          return null;
        });
    return place;
  }

  /**
   * Changes what is in the directory of the views. Otherwise nobody can write to it, or to those of
   * views that are not mounted: who makes all that is missing of a path comes to nothing.
   */
  private static void changePlace(UserNamespace namespace, Callable<?> change) throws IOException {
    Path views = namespace.pathSeenHere(BottomRoot.VIEWS);
    synchronized (COUNT) {
      Files.setPosixFilePermissions(views, OPEN);
      try {
        change.call();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        Files.setPosixFilePermissions(views, CLOSED);
      }
    }
  }

  UserNamespace viewNamespace() {
    return namespace;
  }

  String placeName() {
    return name;
  }

  /** The path in the bottom root. */
  Path pathInside() {
    return BottomRoot.VIEWS.resolve(name);
  }

  /** Where this process sees it: the root of the view. */
  Path pathSeenHere() {
    return namespace.pathSeenHere(pathInside());
  }

  /** The directory for what the view is made of, in the bottom root; made when it is needed. */
  Path placeParts() throws IOException {
    Path parts = BottomRoot.PARTS.resolve(name);
    try {
      Files.createDirectory(namespace.pathSeenHere(parts));
    } catch (FileAlreadyExistsException e) {
      // It was needed before.
    }
    return parts;
  }

  /** Removes both directories, of a view that is unmounted or was never mounted. */
  void removePlace() {
    if (!namespace.isAlive()) {
      return;
    }
    try {
      changePlace(namespace, () -> Files.deleteIfExists(pathSeenHere()));
      Files.deleteIfExists(namespace.pathSeenHere(BottomRoot.PARTS.resolve(name)));
    } catch (IOException e) {
      // What is mounted there takes the directory with it, as does the end of the namespace.
    }
  }
}
