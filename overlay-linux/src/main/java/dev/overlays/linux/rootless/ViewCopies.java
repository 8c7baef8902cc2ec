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

  List<ViewCopy> all() {
    return List.copyOf(all);
  }

  boolean has(Path path) {
    return all.stream().anyMatch(copy -> copy.path().equals(path));
  }

  private UserNamespace namespace() {
    return place.namespace();
  }

  /** Mounts the view at another place; the last part of it is made where it is not there. */
  void add(Path path) throws OverlayException {
    Path seen = namespace().seen(path);
    try {
      makeDirectory(seen);
      CommandResult answer = namespace().run(binding(namespace().named(path)));
      if (!answer.succeeded()) {
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
    if (seen.endsWith(place.name())) {
      try {
        Files.createDirectory(seen);
      } catch (FileAlreadyExistsException e) {
        // It was mounted there before.
      }
    }
  }

  /** What is unbindable has to be bindable for a moment. */
  private ShellCommand binding(Path to) {
    ShellCommand bind = MountPrograms.bind(place.path(), to);
    return propagation == Propagation.UNBINDABLE
        ? MountPrograms.propagate("private", place.path())
            .and(bind)
            .and(MountPrograms.propagate("unbindable", place.path()))
            .and(MountPrograms.propagate("unbindable", to))
        : bind;
  }

  /** Unmounts all of them; or none, if one is in use. */
  boolean remove() throws OverlayException {
    removed.clear();
    for (ViewCopy copy : all()) {
      if (!isOnTop(copy)) {
        restore();
        throw UnmountProblems.covered(namespace().seen(copy.path()));
      }
      if (!namespace().run(MountPrograms.unmount(namespace().named(copy.path()))).succeeded()) {
        restore();
        return false;
      }
      all.remove(copy);
      removed.add(copy.path());
    }
    return true;
  }

  private boolean isOnTop(ViewCopy copy) {
    return copy.id().isMountedAt(PathBytes.of(namespace().seen(copy.path())));
  }

  /** Mounts again what was unmounted last, as the view itself has stayed. */
  void restore() throws OverlayException {
    for (Path path : removed) {
      add(path);
    }
    removed.clear();
  }

  void removeLazily() throws OverlayException {
    for (ViewCopy copy : all()) {
      if (isOnTop(copy)) {
        namespace().run(MountPrograms.unmountLazily(namespace().named(copy.path())));
      }
      all.remove(copy);
    }
  }

  /** The command that makes the view read-only or writable at all places. */
  ShellCommand remounting(OverlaySpec spec, boolean readOnly) {
    ShellCommand command = MountPrograms.remount(spec, readOnly, place.path());
    for (ViewCopy copy : all()) {
      command.and(MountPrograms.remount(spec, readOnly, namespace().named(copy.path())));
    }
    return !readOnly && spec.attributes().contains(MountAttribute.READ_ONLY)
        ? MountPrograms.makeWritable(place.path()).and(command)
        : command;
  }
}
