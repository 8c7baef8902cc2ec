package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.ProcessEnd;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.FuseDaemon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks the views that fuse-overlayfs processes serve. Views of this library hold locks on their
 * layers; the layers of others are among the directories that they have open.
 */
final class LiveFuseCheck {
  /** An ending daemon needs a few milliseconds. A daemon that takes longer is not ending. */
  private static final Duration ENDING_PATIENCE = Duration.ofMillis(500);

  private LiveFuseCheck() {}

  /** Adds a problem for each layer that shares files with a directory of such a process. */
  static void checkViews(List<OpenedLayer> layers, List<Problem> problems) {
    FuseDaemon.listAll().forEach(daemon -> checkViews(layers, daemon, problems));
  }

  private static void checkViews(
      List<OpenedLayer> layers, FuseDaemon daemon, List<Problem> problems) {
    List<OpenedLayer> others = new ArrayList<>();
    try {
      daemon.openDirectories().stream()
          .flatMap(link -> LiveOverlayCheck.openLayer(link, link))
          .forEach(others::add);
      for (OpenedLayer layer : layers) {
        boolean known = problems.stream().anyMatch(p -> p.path().equals(Optional.of(layer.path())));
        if (!known && LayerOverlaps.overlapsAny(layer, others)) {
          if (isEnding(daemon)) {
            return;
          }
          problems.add(inUseProblem(layer, daemon));
        }
      }
    } finally {
      others.forEach(other -> other.handle().close());
    }
  }

  /** Whether the view of a daemon was just unmounted: then it ends, and closes what it has open. */
  private static boolean isEnding(FuseDaemon daemon) {
    try (ProcessEnd end = ProcessEnd.of(daemon.pid())) {
      end.awaitEnd(ENDING_PATIENCE);
    } catch (SyscallException e) {
      // It has ended, or the kernel cannot tell when it does.
    }
    return daemon.openDirectories().isEmpty();
  }

  private static Problem inUseProblem(OpenedLayer layer, FuseDaemon daemon) {
    return Problem.of(
        ProblemCode.LAYER_IN_USE,
        layer.path(),
        "The "
            + layer.role()
            + " is part of a view of fuse-overlayfs, which process "
            + daemon.pid()
            + " serves.",
        "Unmount it first (\"findmnt -t fuse.fuse-overlayfs\" lists those of this namespace), then"
            + " run it again.");
  }
}
