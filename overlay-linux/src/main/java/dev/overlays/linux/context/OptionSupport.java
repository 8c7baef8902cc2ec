package dev.overlays.linux.context;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.SyscallException;
import java.util.List;

/** Checks whether this kernel knows the options of a spec, on a context that is thrown away. */
public final class OptionSupport {
  private OptionSupport() {}

  /**
   * Adds a problem for each requested option that this kernel does not know.
   *
   * @param spec what is to be mounted
   * @param problems where to add
   */
  public static void checkOptions(OverlaySpec spec, List<Problem> problems) {
    if (!MountContext.areAvailable()) {
      // The kernel reports it when mounting.
      return;
    }
    try (MountContext context = MountContext.open()) {
      for (KernelOptions.KernelOption option : KernelOptions.of(spec)) {
        try {
          context.setOption(option);
        } catch (SyscallException e) {
          problems.add(unsupportedOption(spec, option, context.readMessages()));
        }
      }
    } catch (SyscallException e) {
      // Without the right to mount there is no context to try; another check reports that.
    }
  }

  /**
   * Returns the problem for an option that the kernel does not know.
   *
   * @param spec what is to be mounted
   * @param option the option
   * @param messages the kernel's messages, possibly none
   * @return the problem
   */
  public static Problem unsupportedOption(
      OverlaySpec spec, KernelOptions.KernelOption option, List<String> messages) {
    String words = messages.isEmpty() ? "" : " (" + String.join("; ", messages) + ")";
    return new Problem(
        ProblemCode.OPTION_UNSUPPORTED,
        spec.mountPoint(),
        "This kernel does not accept the option " + option + words + ".",
        "Leave the option out, or use a newer kernel.");
  }
}
