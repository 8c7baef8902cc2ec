package dev.overlays.linux.rootless;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Propagation;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.mount.UnmountProblems;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other places where a view is mounted in its namespace. Changed by one thread at a time. */
final class ViewCopies {
  private final ViewPlace place;
  private final Propagation propagation;
  private final List<ViewCopy> all = new CopyOnWriteArrayList<>();
  private final List<Path> removed = new ArrayList<>();

  /**
   * One copy.
   *
   * @param path where it is, in the namespace
   * @param id the identity of its root
   */
  record ViewCopy(Path path, FileId id) {}

  ViewCopies(ViewPlace place, Propagation propagation) {
    this.place = place;
    this.propagation = propagation;
  }

  List<ViewCopy> allCopies() {
    return List.copyOf(all);
  }

  boolean hasCopy(Path path) {
    return all.stream().anyMatch(copy -> copy.path().equals(path));
  }

  private UserNamespace viewNamespace() {
    return place.viewNamespace();
  }

  /**
   * Mounts the view at another place, and creates the last directory of the path if it is missing.
   */
  void addCopy(Path path) throws OverlayException {
    Path seen = viewNamespace().pathSeenHere(path);
    try {
      makeDirectory(seen);
      CommandResult answer = viewNamespace().run(bindCommand(viewNamespace().pathInShell(path)));
      if (!answer.hasSucceeded()) {
        throw new OverlayException(ProgramPlaces.notShownProblem(answer.words()));
      }
      all.add(new ViewCopy(path, FileId.of(PathBytes.of(seen))));
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(ProgramPlaces.notShownProblem(e.toString())), e);
    }
  }

  private void makeDirectory(Path seen) throws IOException {
    if (seen.endsWith(place.placeName())) {
      try {
        Files.createDirectory(seen);
      } catch (FileAlreadyExistsException e) {
        // It was mounted there before.
      }
    }
  }

  /** Bind-mounts the view; an unbindable view is made private meanwhile. */
  private ShellCommand bindCommand(Path to) {
    ShellCommand bind = MountCommands.bindCommand(place.pathInside(), to);
    return propagation == Propagation.UNBINDABLE
        ? MountCommands.propagationCommand("private", place.pathInside())
            .andThen(bind)
            .andThen(MountCommands.propagationCommand("unbindable", place.pathInside()))
            .andThen(MountCommands.propagationCommand("unbindable", to))
        : bind;
  }

  /** Unmounts all copies, or none if one is in use. */
  boolean removeCopies() throws OverlayException {
    removed.clear();
    for (ViewCopy copy : allCopies()) {
      if (!isOnTop(copy)) {
        restoreCopies();
        throw UnmountProblems.coveredMount(viewNamespace().pathSeenHere(copy.path()));
      }
      if (!viewNamespace()
          .run(MountCommands.unmountCommand(viewNamespace().pathInShell(copy.path())))
          .hasSucceeded()) {
        restoreCopies();
        return false;
      }
      all.remove(copy);
      removed.add(copy.path());
    }
    return true;
  }

  private boolean isOnTop(ViewCopy copy) {
    return copy.id().isMountedAt(PathBytes.of(viewNamespace().pathSeenHere(copy.path())));
  }

  /** Mounts the copies again that were unmounted last, because the view itself is still in use. */
  void restoreCopies() throws OverlayException {
    for (Path path : removed) {
      addCopy(path);
    }
    removed.clear();
  }

  void removeLazily() throws OverlayException {
    for (ViewCopy copy : allCopies()) {
      if (isOnTop(copy)) {
        viewNamespace()
            .run(MountCommands.lazyUnmountCommand(viewNamespace().pathInShell(copy.path())));
      }
      all.remove(copy);
    }
  }

  /** Returns the command that makes the view read-only or writable at all places. */
  ShellCommand remountCommand(OverlaySpec spec, boolean readOnly) {
    ShellCommand command = MountCommands.remountCommand(spec, readOnly, place.pathInside());
    for (ViewCopy copy : allCopies()) {
      command.andThen(
          MountCommands.remountCommand(spec, readOnly, viewNamespace().pathInShell(copy.path())));
    }
    return !readOnly && spec.attributes().contains(MountAttribute.READ_ONLY)
        ? MountCommands.writableCommand(place.pathInside()).andThen(command)
        : command;
  }
}
