package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.hiding.HidingRecord;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.util.Optional;

/**
 * The steps around a mount that every backend of this module needs. It hides the private paths
 * before the mount. If anything is thrown, an {@link Error} included, it removes what the attempt
 * left in the layers.
 */
public final class GuardedMounting {
  private final OverlaySpec spec;
  private final Optional<HidingRecord> hidden;

  private GuardedMounting(OverlaySpec spec, Optional<HidingRecord> hidden) {
    this.spec = spec;
    this.hidden = hidden;
  }

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
    GuardedMounting guard = begin(spec);
    try {
      return mounting.run();
    } catch (IOException | RuntimeException | Error e) {
      guard.undo(e, traces);
      throw e;
    }
  }

  /**
   * Does what comes before a mount. The caller calls {@link #undo} if the mount fails.
   *
   * @param spec what is mounted, its layers locked
   */
  static GuardedMounting begin(OverlaySpec spec) throws IOException {
    return new GuardedMounting(
        spec,
        spec.privatePaths().isEmpty()
            ? Optional.empty()
            : Optional.of(PrivatePaths.hide(spec, new NativeLayerStore())));
  }

  /** Undoes a mount that has thrown; what fails now is added to that. */
  void undo(Throwable failure, TraceRemoval traces) {
    try {
      traces.run();
      if (hidden.isPresent() && !isInUse(spec)) {
        hidden.get().undo(spec, new NativeLayerStore());
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
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
