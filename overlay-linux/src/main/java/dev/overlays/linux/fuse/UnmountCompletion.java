package dev.overlays.linux.fuse;

import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DescriptorLock;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ProcessEnd;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.FuseDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Completes an unmount: waits until the daemon has written its data and ended, and converts the
 * upper to the kernel's form. If the upper is in use again, or this process may not write to it,
 * its mark stays, and the next user of the upper converts it.
 */
final class UnmountCompletion {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final OverlaySpec spec;

  UnmountCompletion(OverlaySpec spec) {
    this.spec = spec;
  }

  void run(FuseDaemon daemon) {
    try (ProcessEnd end = ProcessEnd.of(daemon.pid())) {
      end.awaitEnd(PATIENCE);
    } catch (SyscallException e) {
      // It has ended, or the kernel cannot report its end.
    }
    spec.upper().ifPresent(this::convertUpper);
  }

  private void convertUpper(Path upper) {
    try (Descriptor lock = Descriptor.open(upper, OpenFlags.RDONLY | OpenFlags.DIRECTORY);
        LayerDirectory layer = new NativeLayerStore().open(upper)) {
      MarkNamespace marks = MarkNamespace.of(spec.options());
      if (DescriptorLock.tryExclusive(lock) && FuseForm.isMarked(layer, marks)) {
        FuseForm.convert(layer, marks);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "still in the form of fuse-overlayfs: " + upper, e);
    }
  }
}
