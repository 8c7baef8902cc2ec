package dev.overlays.linux.syscall;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds out once whether this process can make a system call: an older kernel may lack it, and the
 * seccomp profile of a container may forbid it. The probe passes -1 for each argument, which is no
 * valid descriptor, address or set of flags, so the call does nothing; a kernel that has the call
 * fails with another error (EBADF, EFAULT, EINVAL).
 *
 * <p>A process without the right to mount gets EPERM from the calls of the mount API, whatever
 * their arguments are: that counts as "no" as well.
 */
public final class CallProbe {
  private static final long NOTHING = -1;
  private static final Map<Syscall, Boolean> ANSWERS = new ConcurrentHashMap<>();

  private CallProbe() {}

  /**
   * Returns whether this process can make a call.
   *
   * @param call a call that takes a descriptor, an address or flags
   * @return whether this kernel has it and nothing forbids it to this process
   */
  public static boolean mayUse(Syscall call) {
    Boolean known = ANSWERS.get(call);
    if (known == null) {
      known = askKernel(call);
      ANSWERS.put(call, known);
    }
    return known;
  }

  /**
   * Returns whether this process can make all of some calls.
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
