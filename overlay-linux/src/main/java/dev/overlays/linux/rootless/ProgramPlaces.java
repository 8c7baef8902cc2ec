package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where programs in a namespace see its views: in the machine's tree, at the mount point of each. A
 * view without one gets a directory in a file system of memory, which is mounted, in this namespace
 * only, over a directory that is empty or of no use to anybody. All of that is done when the first
 * program is started, and from then on for each new view.
 */
final class ProgramPlaces {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  /** Of the file hierarchy standard; taken when nothing is in them. */
  private static final List<Path> EMPTY =
      List.of(Path.of("/mnt"), Path.of("/media"), Path.of("/srv"));

  /** Of the kernel; what they hold is of no use to ordinary users. */
  private static final List<Path> UNUSED = List.of(Path.of("/proc/tty"), Path.of("/sys/power"));

  private final UserNamespace namespace;
  private final Set<RootlessMount> views = ConcurrentHashMap.newKeySet();
  private volatile boolean open;
  private Path directory;

  ProgramPlaces(UserNamespace namespace) {
    this.namespace = namespace;
  }

  /** Adds a view. Should it not be shown, whoever starts a program in it is told why. */
  void addView(RootlessMount view) {
    views.add(view);
    if (open) {
      tryToShow(view);
    }
  }

  void removeView(RootlessMount view) {
    views.remove(view);
  }

  /** Shows all views. */
  synchronized void open() throws OverlayException {
    if (!open) {
      Path place = namespace.namedPath(placesDirectory());
      CommandResult answer = namespace.run(MountPrograms.memoryCommand("mode=0755,size=4m", place));
      if (!answer.hasSucceeded()) {
        throw new OverlayException(notShown(answer.words()));
      }
      open = true;
      views.forEach(ProgramPlaces::tryToShow);
    }
  }

  private static void tryToShow(RootlessMount view) {
    try {
      view.showToPrograms();
    } catch (OverlayException e) {
      LOG.log(System.Logger.Level.DEBUG, "programs do not see " + view, e);
    }
  }

  /** The directory for views that have no mount point. */
  synchronized Path placesDirectory() throws OverlayException {
    if (directory == null) {
      directory = choosePlace();
    }
    return directory;
  }

  private Path choosePlace() throws OverlayException {
    for (Path place : EMPTY) {
      if (isDirectory(place) && isEmpty(place)) {
        return place;
      }
    }
    return UNUSED.stream()
        .filter(this::isDirectory)
        .findFirst()
        .orElseThrow(
            () -> new OverlayException(notShown("none of " + EMPTY + " is an empty directory")));
  }

  private boolean isDirectory(Path place) {
    return Files.isDirectory(namespace.pathSeenHere(place), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isEmpty(Path place) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(namespace.pathSeenHere(place))) {
      return !entries.iterator().hasNext()
          && views.stream().noneMatch(view -> view.hasMountPointBelow(place));
    } catch (IOException | DirectoryIteratorException e) {
      return false;
    }
  }

  static Problem notShown(String why) {
    return Problem.of(
        ProblemCode.HOLDER_FAILED,
        "Programs cannot be shown the view: " + why + ".",
        "Look at the cause; use the view by its root in this JVM.");
  }
}
