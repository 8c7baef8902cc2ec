package dev.overlays.linux.rootless;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Propagation;
import dev.overlays.linux.mount.UnmountProblems;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.ShellCommand;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The other places in its namespace where a view is mounted, too. Changed by one thread at a time.
 */
final class ViewCopies {
  private final ViewPlace place;
  private final Propagation propagation;
  private final List<ViewCopy> all = new CopyOnWriteArrayList<>();
  private final List<Path> removed = new ArrayList<>();

  /**
   * One of them.
   *
   * @param path where, in the namespace
   * @param id an identity of its root
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

  /** Mounts the view at another place; the last part of it is made where it is not there. */
  void addCopy(Path path) throws OverlayException {
    Path seen = viewNamespace().pathSeenHere(path);
    try {
      makeDirectory(seen);
      CommandResult answer = viewNamespace().run(bindCommand(viewNamespace().namedPath(path)));
      if (!answer.hasSucceeded()) {
        throw new OverlayException(ProgramPlaces.notShown(answer.words()));
      }
      all.add(new ViewCopy(path, FileId.of(PathBytes.of(seen))));
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(ProgramPlaces.notShown(e.toString())), e);
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

  /** What is unbindable has to be bindable for a moment. */
  private ShellCommand bindCommand(Path to) {
    ShellCommand bind = MountPrograms.bindCommand(place.pathInside(), to);
    return propagation == Propagation.UNBINDABLE
        ? MountPrograms.propagateCommand("private", place.pathInside())
            .andThen(bind)
            .andThen(MountPrograms.propagateCommand("unbindable", place.pathInside()))
            .andThen(MountPrograms.propagateCommand("unbindable", to))
        : bind;
  }

  /** Unmounts all of them; or none, if one is in use. */
  boolean removeCopies() throws OverlayException {
    removed.clear();
    for (ViewCopy copy : allCopies()) {
      if (!isOnTop(copy)) {
        restoreCopies();
        throw UnmountProblems.coveredMount(viewNamespace().pathSeenHere(copy.path()));
      }
      if (!viewNamespace()
          .run(MountPrograms.unmountCommand(viewNamespace().namedPath(copy.path())))
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

  /** Mounts again what was unmounted last, as the view itself has stayed. */
  void restoreCopies() throws OverlayException {
    for (Path path : removed) {
      addCopy(path);
    }
    removed.clear();
  }

  void removeLazily() throws OverlayException {
    for (ViewCopy copy : allCopies()) {
      if (isOnTop(copy)) {
        viewNamespace().run(MountPrograms.unmountLazily(viewNamespace().namedPath(copy.path())));
      }
      all.remove(copy);
    }
  }

  /** The command that makes the view read-only or writable at all places. */
  ShellCommand remountCommand(OverlaySpec spec, boolean readOnly) {
    ShellCommand command = MountPrograms.remountCommand(spec, readOnly, place.pathInside());
    for (ViewCopy copy : allCopies()) {
      command.andThen(
          MountPrograms.remountCommand(spec, readOnly, viewNamespace().namedPath(copy.path())));
    }
    return !readOnly && spec.attributes().contains(MountAttribute.READ_ONLY)
        ? MountPrograms.makeWritable(place.pathInside()).andThen(command)
        : command;
  }
}
