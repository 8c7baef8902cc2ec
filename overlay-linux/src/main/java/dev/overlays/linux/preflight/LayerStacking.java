package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.SpecDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks overlays over overlays: the kernel allows one more level, but not two. */
final class LayerStacking {
  /** FILESYSTEM_MAX_STACK_DEPTH in the kernel's include/linux/fs.h, less the mount to be made. */
  private static final int DEEPEST_LAYER = 1;

  private LayerStacking() {}

  static void checkStacking(List<OpenedLayer> layers, List<Problem> problems) {
    for (OpenedLayer layer : layers) {
      boolean lower = layer.role() == LayerRole.LOWER || layer.role() == LayerRole.DATA_LOWER;
      if (lower && isProc(layer.handle())) {
        problems.add(
            Problem.of(
                ProblemCode.LOWER_FILE_SYSTEM_UNSUPPORTED,
                layer.path(),
                "The "
                    + layer.role()
                    + " is on procfs, which the kernel does not accept as a layer.",
                "Leave it out: its content belongs to the running processes."));
      } else if (stackDepth(layer.handle(), DEEPEST_LAYER + 1) > DEEPEST_LAYER) {
        problems.add(
            Problem.of(
                ProblemCode.STACKING_TOO_DEEP,
                layer.path(),
                "The "
                    + layer.role()
                    + " is on an overlay that already has an overlay as a layer, and the kernel"
                    + " stacks no further.",
                "Name the layers of that overlay as lowers of this one, instead of its view."));
      }
    }
  }

  /** Source: s_stack_depth in proc_fill_super, the kernel's fs/proc/root.c. */
  private static boolean isProc(Descriptor directory) {
    try {
      return FileSystemInfo.of(directory).magic() == FileSystemInfo.PROC;
    } catch (IOException e) {
      return false;
    }
  }

  /** Counts the levels of overlays under a directory, up to a limit. */
  private static int stackDepth(Descriptor directory, int limit) {
    try {
      if (limit == 0 || FileSystemInfo.of(directory).magic() != FileSystemInfo.OVERLAY) {
        return 0;
      }
      int deepest = 0;
      for (Path layer : layersUnder(directory)) {
        try (Descriptor below = Descriptor.open(layer, OpenFlags.PATH | OpenFlags.DIRECTORY)) {
          deepest = Math.max(deepest, stackDepth(below, limit - 1));
        } catch (IOException e) {
          // It is hidden by now, or relative to another process's directory: the kernel decides.
        }
      }
      return 1 + deepest;
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<Path> layersUnder(Descriptor directory) throws IOException {
    Optional<MountRecord> record = MountTable.findMount(FileId.of(directory));
    Optional<OverlaySpec> spec = record.flatMap(SpecDecoder::decodeSpec);
    List<Path> layers = new ArrayList<>();
    spec.ifPresent(
        overlay -> {
          layers.addAll(overlay.lowers());
          overlay.upper().ifPresent(layers::add);
        });
    return layers;
  }
}
