package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.hiding.HidingRecord;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/**
 * The steps around a mount that every backend of this module needs. It hides the private paths
 * before the mount. If anything is thrown, an {@link Error} included, it removes what the attempt
 * left in the layers.
 */
public final class GuardedMounting {
  private static final LayerStore STORE = new NativeLayerStore();

  private GuardedMounting() {}

  /**
   * Makes a mount, and undoes it if it throws.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface UndoableMounting<T> {

    /**
     * Mounts.
     *
     * @return what comes of it
     * @throws IOException if it fails; nothing is mounted then
     */
    T run() throws IOException;
  }

  /** Removes what a failed attempt left in upper and work directory. */
  @FunctionalInterface
  public interface TraceRemoval {

    /**
     * Removes them.
     *
     * @throws IOException if something cannot be removed
     */
    void run() throws IOException;
  }

  /**
   * Mounts.
   *
   * @param spec what is mounted, its layers locked
   * @param mounting what mounts it
   * @param traces removes what a failed attempt leaves in upper and work directory
   * @param <T> what comes of it
   * @return what the mounting returns
   * @throws IOException what it throws
   */
  public static <T> T run(OverlaySpec spec, UndoableMounting<T> mounting, TraceRemoval traces)
      throws IOException {
    HidingRecord hidden = PrivatePaths.hide(spec, STORE);
    try {
      return mounting.run();
    } catch (IOException | RuntimeException | Error e) {
      try {
        traces.run();
        if (!spec.privatePaths().isEmpty() && !isInUse(spec)) {
          hidden.undo(spec, STORE);
        }
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /** Whether a mount that could not be undone still uses the upper. */
  private static boolean isInUse(OverlaySpec spec) throws SyscallException {
    try (Descriptor upper =
        Descriptor.open(spec.upper().orElseThrow(), OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
      return InUseProbe.isInUse(upper);
    }
  }
}
