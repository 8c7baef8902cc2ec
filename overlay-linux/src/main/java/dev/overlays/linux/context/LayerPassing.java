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
 * The ways in which a kernel accepts the layers of a mount, best first. The way is probed, never
 * derived from the version. A mount by a context needs four calls, each of which may be refused
 * separately.
 */
public enum LayerPassing {
  /** Each layer by descriptor: any name of any length (about Linux 6.13 and later). */
  DESCRIPTORS,
  /** Each layer by name, up to 255 bytes (about 6.7 and later). */
  NAMES,
  /** All lowers in one string of up to 255 bytes (about 6.5 and later). */
  LIST,
  /** All layers in the data of mount(2), up to 4,095 bytes together. */
  DATA;

  private static final String UNKNOWN_OPTION = "overlays_probe";
  private static final String LOWER_OPTION = "lowerdir+";

  private static volatile LayerPassing known;

  private static final Syscall[] CALLS = {
    Syscall.FSOPEN, Syscall.FSCONFIG, Syscall.FSMOUNT, Syscall.MOVE_MOUNT
  };

  /**
   * Returns the best way of this kernel, probed once.
   *
   * @return the best way
   */
  public static LayerPassing ofThisKernel() {
    LayerPassing best = known;
    if (best == null) {
      try {
        best = probeKernel();
        known = best;
      } catch (SyscallException e) {
        // Not cached: too many files are open at this moment.
        return DATA;
      }
    }
    return best;
  }

  /**
   * Returns the call whose refusal keeps this process from mounting by a context.
   *
   * @return the first refused call; empty if none is refused, whatever options this kernel's
   *     overlay accepts
   */
  public static Optional<RefusedCall> refusedCall() {
    return Stream.of(CALLS).flatMap(call -> RefusedCall.of(call).stream()).findFirst();
  }

  private static LayerPassing probeKernel() throws SyscallException {
    if (!CallProbe.mayUseAll(CALLS)) {
      return DATA;
    }
    try (MountContext context = MountContext.open();
        Descriptor root = Descriptor.open(Path.of("/"), OpenFlags.PATH)) {
      // Before the overlay parsed options itself, a context accepted any option.
      if (acceptsString(context, UNKNOWN_OPTION, "on")) {
        return DATA;
      }
      if (acceptsDescriptor(context, root)) {
        return DESCRIPTORS;
      }
      return acceptsString(context, LOWER_OPTION, "/") ? NAMES : LIST;
    } catch (SyscallException e) {
      if (e.errno().isShortage()) {
        throw e;
      }
      return DATA;
    }
  }

  private static boolean acceptsString(MountContext context, String option, String value) {
    try {
      context.setString(option, value);
      return true;
    } catch (SyscallException e) {
      return false;
    }
  }

  private static boolean acceptsDescriptor(MountContext context, Descriptor lower) {
    try {
      context.setDescriptor(LOWER_OPTION, lower);
      return true;
    } catch (SyscallException e) {
      return false;
    }
  }
}
