package dev.overlays.linux.context;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.SyscallException;
import java.util.List;

/** Whether this kernel knows the options of a spec, tried on a context that is thrown away. */
public final class OptionSupport {
  private OptionSupport() {}

  /**
   * Adds a problem for each option that was asked for and is not known here.
   *
   * @param spec what is to be mounted
   * @param problems where to add
   */
  public static void checkOptions(OverlaySpec spec, List<Problem> problems) {
    if (!MountContext.areThere()) {
      // The kernel tells at the mount.
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
      // Without the right to mount there is no context to try; that is told elsewhere.
    }
  }

  /**
   * Returns the problem of an option that is not known.
   *
   * @param spec what is to be mounted
   * @param option the option
   * @param messages what the kernel says of it, possibly nothing
   * @return the problem
   */
  public static Problem unsupportedOption(
      OverlaySpec spec, KernelOptions.KernelOption option, List<String> messages) {
    String words = messages.isEmpty() ? "" : " (" + String.join("; ", messages) + ")";
    return new Problem(
        ProblemCode.OPTION_UNSUPPORTED,
        spec.mountPoint(),
        "This kernel does not take the option " + option + words + ".",
        "Leave the option out, or use a newer kernel.");
  }
}
