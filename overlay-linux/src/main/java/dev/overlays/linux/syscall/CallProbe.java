package dev.overlays.linux.syscall;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether this process may make a call, found out once: older kernels do not know it, and the
 * seccomp profile of a container may forbid it. Each argument of the trial is -1, which is no
 * descriptor, no address and no set of flags, so the call does nothing; a kernel that has it says
 * so with another error (EBADF, EFAULT, EINVAL).
 *
 * <p>The calls of the mount API say EPERM to whoever may not mount, before they look at their
 * arguments: that is "no" as well.
 */
public final class CallProbe {
  private static final long NOTHING = -1;
  private static final Map<Syscall, Boolean> ANSWERS = new ConcurrentHashMap<>();

  private CallProbe() {}

  /**
   * Tells whether a call can be made.
   *
   * @param call a call that takes a descriptor, an address or flags
   * @return whether this kernel has it, and nobody forbids it to this process
   */
  public static boolean mayUse(Syscall call) {
    return ANSWERS.computeIfAbsent(call, CallProbe::askKernel);
  }

  /**
   * Tells whether each of some calls can be made.
   *
   * @param calls the calls
   * @return whether all can
   */
  public static boolean mayUseAll(Syscall... calls) {
    for (Syscall call : calls) {
      if (!mayUse(call)) {
        return false;
      }
    }
    return true;
  }

  private static boolean askKernel(Syscall call) {
    long result = Kernel.attempt(call, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING);
    return !Errno.isUnavailable(result);
  }
}
