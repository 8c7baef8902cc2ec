package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.hiding.HiddenPaths;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/**
 * What every backend of this module does around a mount: it hides the private paths before, and
 * when anything is thrown, an {@link Error} too, it removes what the attempt has left in the
 * layers.
 */
public final class UndoneMounting {
  private static final LayerStore STORE = new NativeLayerStore();

  private UndoneMounting() {}

  /**
   * What mounts, and undoes its own mount when it throws.
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

  /** What removes the traces of an attempt. */
  @FunctionalInterface
  public interface TraceRemoval {

    /**
     * Removes them.
     *
     * @throws IOException if something is left
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
    HiddenPaths hidden = PrivatePaths.hide(spec, STORE);
    try {
      return mounting.run();
    } catch (IOException | RuntimeException | Error e) {
      try {
        traces.run();
        if (!spec.privatePaths().isEmpty() && !isInUse(spec)) {
          hidden.show(spec, STORE);
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
      return InUseProbe.inUse(upper);
    }
  }
}
