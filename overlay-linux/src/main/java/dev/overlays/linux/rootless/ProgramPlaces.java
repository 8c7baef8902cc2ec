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
 * The places where programs in a namespace see its views: in the machine's tree, at the mount point
 * of each view. A view without a mount point gets a directory in a tmpfs that is mounted, in this
 * namespace only, over an empty or useless directory. The places are made when the first program
 * starts, and after that for each new view.
 */
final class ProgramPlaces {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  /** Directories of the file hierarchy standard; used if they are empty. */
  private static final List<Path> USUALLY_EMPTY =
      List.of(Path.of("/mnt"), Path.of("/media"), Path.of("/srv"));

  /** Directories of the kernel whose content is of no use to ordinary users. */
  private static final List<Path> UNUSED = List.of(Path.of("/proc/tty"), Path.of("/sys/power"));

  private final UserNamespace namespace;
  private final Set<RootlessMount> views = ConcurrentHashMap.newKeySet();
  private volatile boolean allShown;
  private Path directory;

  ProgramPlaces(UserNamespace namespace) {
    this.namespace = namespace;
  }

  /** Adds a view. If it cannot be shown, starting a program in it fails with the reason. */
  void addView(RootlessMount view) {
    views.add(view);
    if (allShown) {
      tryToShow(view);
    }
  }

  void removeView(RootlessMount view) {
    views.remove(view);
  }

  /** Shows all views. */
  synchronized void showAllViews() throws OverlayException {
    if (!allShown) {
      Path place = namespace.pathInShell(placesDirectory());
      CommandResult answer = namespace.run(MountCommands.memoryCommand("mode=0755,size=4m", place));
      if (!answer.hasSucceeded()) {
        throw new OverlayException(notShownProblem(answer.words()));
      }
      allShown = true;
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
      directory = chooseDirectory();
    }
    return directory;
  }

  private Path chooseDirectory() throws OverlayException {
    for (Path place : USUALLY_EMPTY) {
      if (isDirectory(place) && isEmpty(place)) {
        return place;
      }
    }
    return UNUSED.stream()
        .filter(this::isDirectory)
        .findFirst()
        .orElseThrow(
            () ->
                new OverlayException(
                    notShownProblem("none of " + USUALLY_EMPTY + " is an empty directory")));
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

  static Problem notShownProblem(String why) {
    return Problem.of(
        ProblemCode.HOLDER_FAILED,
        "Programs cannot be shown the view: " + why + ".",
        "Look at the cause; use the view by its root in this JVM.");
  }
}
