package dev.overlays.linux.context;

import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How this kernel takes the layers of a mount, best first. Probed, never told by its version. A
 * mount by a context takes four calls, and each of them may be refused alone.
 */
public enum LayerChannel {
  /** Each by descriptor: any name of any length (about Linux 6.13 and later). */
  DESCRIPTORS,
  /** Each by name, up to 255 bytes (about 6.7 and later). */
  NAMES,
  /** All lowers in one string of up to 255 bytes (about 6.5 and later). */
  LIST,
  /** All in the data of mount(2), up to 4,095 bytes together. */
  DATA;

  private static final String UNKNOWN_OPTION = "overlays_probe";

  private static volatile LayerChannel known;

  private static final Syscall[] CALLS = {
    Syscall.FSOPEN, Syscall.FSCONFIG, Syscall.FSMOUNT, Syscall.MOVE_MOUNT
  };

  /**
   * Returns the best way, asked once.
   *
   * @return how this kernel takes layers
   */
  public static LayerChannel ofThisKernel() {
    LayerChannel best = known;
    if (best == null) {
      try {
        best = probeKernel();
        known = best;
      } catch (SyscallException e) {
        // Asked again another time: too many files are open at this moment.
        return DATA;
      }
    }
    return best;
  }

  /**
   * Tells which call keeps this process from mounting by a context.
   *
   * @return the first that is refused; empty if none is, whatever this kernel's overlay takes
   */
  public static Optional<RefusedCall> refusedCall() {
    return Stream.of(CALLS).flatMap(call -> RefusedCall.of(call).stream()).findFirst();
  }

  private static LayerChannel probeKernel() throws SyscallException {
    if (!CallProbe.mayUseAll(CALLS)) {
      return DATA;
    }
    try (MountContext context = MountContext.open();
        Descriptor root = Descriptor.open(Path.of("/"), OpenFlags.PATH)) {
      // A context of the time before the overlay parsed options itself takes anything.
      if (takesAttempt(() -> context.setString(UNKNOWN_OPTION, "on"))) {
        return DATA;
      }
      if (takesAttempt(() -> context.setDescriptor("lowerdir+", root))) {
        return DESCRIPTORS;
      }
      return takesAttempt(() -> context.setString("lowerdir+", "/")) ? NAMES : LIST;
    } catch (SyscallException e) {
      if (e.errno().isShortage()) {
        throw e;
      }
      return DATA;
    }
  }

  private interface ProbeAttempt {
    void run() throws SyscallException;
  }

  private static boolean takesAttempt(ProbeAttempt attempt) {
    try {
      attempt.run();
      return true;
    } catch (SyscallException e) {
      return false;
    }
  }
}
