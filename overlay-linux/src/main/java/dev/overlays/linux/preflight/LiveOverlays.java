package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.preflight.Layer.Role;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.SpecDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The overlays that the mount tables of all processes tell of. The kernel keeps no record of who
 * uses a plain lower; this is all that can be known of it.
 */
final class LiveOverlays {
  static final String REMEDY =
      "Unmount every view over these layers first (\"findmnt -t overlay\" lists those of this"
          + " namespace), then run it again.";

  private LiveOverlays() {}

  /** Adds a problem for each layer that shares a directory with a layer of a live overlay. */
  static void check(List<Layer> layers, List<Problem> problems) {
    LiveFuseViews.check(layers, problems);
    for (String pid : MountNamespaces.representatives()) {
      for (MountRecord record : MountNamespaces.tableOf(pid)) {
        if (record.isOverlay()) {
          SpecDecoder.decode(record).ifPresent(live -> check(layers, live, pid, problems));
        }
      }
    }
  }

  private static void check(
      List<Layer> layers, OverlaySpec live, String pid, List<Problem> problems) {
    List<Layer> others = new ArrayList<>();
    try {
      paths(live).flatMap(path -> open(path, pid)).forEach(others::add);
      for (Layer layer : layers) {
        boolean known = problems.stream().anyMatch(p -> p.path().equals(Optional.of(layer.path())));
        if (!known && LayerOverlaps.anyShares(layer, others)) {
          problems.add(inUse(layer, live, pid));
        }
      }
    } finally {
      others.forEach(other -> other.handle().close());
    }
  }

  private static Stream<Path> paths(OverlaySpec live) {
    Stream<Path> lowers = Stream.concat(live.lowers().stream(), live.dataLowers().stream());
    Stream<Path> written = Stream.of(live.upper(), live.work()).flatMap(Optional::stream);
    return Stream.concat(lowers, written);
  }

  /** A path as the process has it. A relative one cannot be resolved: the kernel keeps no more. */
  private static Stream<Layer> open(Path path, String pid) {
    if (!path.isAbsolute()) {
      return Stream.of();
    }
    return open(path, Path.of("/proc", pid, "root").resolve(Path.of("/").relativize(path)));
  }

  static Stream<Layer> open(Path path, Path seen) {
    try {
      Descriptor handle = Descriptor.open(seen, Open.PATH | Open.DIRECTORY);
      try {
        return Stream.of(new Layer(Role.LOWER, path, handle, FileId.of(handle)));
      } catch (SyscallException e) {
        handle.close();
        throw e;
      }
    } catch (SyscallException e) {
      // The process has ended, or its files are hidden from this one.
      return Stream.of();
    }
  }

  private static Problem inUse(Layer layer, OverlaySpec live, String pid) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " is part of the overlay mounted at "
            + live.mountPoint().orElseThrow()
            + (pid.equals("self") ? "" : " in the mount namespace of process " + pid)
            + ".",
        REMEDY);
  }
}
