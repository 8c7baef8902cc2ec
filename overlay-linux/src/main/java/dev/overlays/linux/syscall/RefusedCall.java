package dev.overlays.linux.syscall;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A call that failed not for what it was to do: this process may not make it at all, or its kernel
 * has not got it.
 *
 * @param call which call
 * @param errno how that was said
 */
public record RefusedCall(Syscall call, Errno errno) {
  /** What says EPERM to whoever has not the right to mount, before it looks at anything else. */
  private static final Set<Syscall> FOR_MOUNTING =
      EnumSet.of(Syscall.FSOPEN, Syscall.FSMOUNT, Syscall.FSPICK, Syscall.MOVE_MOUNT);

  /**
   * Looks whether that is why a call failed.
   *
   * @param failure the failure
   * @return what was refused; empty if the call failed for another reason, which may be that this
   *     process has no right to mount
   */
  public static Optional<RefusedCall> of(SyscallException failure) {
    Errno errno = failure.errno();
    boolean refused =
        Errno.isUnavailable(-errno.number())
            && !CallProbe.mayUse(failure.call())
            && (errno != Errno.EPERM
                || !FOR_MOUNTING.contains(failure.call())
                || ThreadPrivilege.mayMount());
    return refused ? Optional.of(new RefusedCall(failure.call(), errno)) : Optional.empty();
  }

  /**
   * Tries a call.
   *
   * @param call which call
   * @return what is refused; empty if the call can be made
   */
  public static Optional<RefusedCall> of(Syscall call) {
    if (CallProbe.mayUse(call)) {
      return Optional.empty();
    }
    long result = Kernel.attempt(call, -1, -1, -1, -1, -1, -1);
    return of(new SyscallException(call, (int) -result));
  }

  /**
   * Returns why a call failed, in words.
   *
   * @param failure the failure
   * @return words for the middle of a sentence: that the call was refused, or the meaning of the
   *     error
   */
  public static String reasonOf(SyscallException failure) {
    return of(failure).map(RefusedCall::refusalWords).orElse(failure.errno().text());
  }

  /**
   * Returns what happened.
   *
   * @return words for the middle of a sentence
   */
  public String refusalWords() {
    return errno == Errno.ENOSYS
        ? "the system call "
            + call
            + " is not there (ENOSYS): the kernel is older"
            + call.sinceRelease().map(version -> " than Linux " + version).orElse("")
            + ", or a container's seccomp profile or a translator hides the call"
        : "this process may not use the system call "
            + call
            + " ("
            + errno
            + "), as a container's seccomp profile forbids it";
  }

  /**
   * Returns what to do about it.
   *
   * @return a sentence
   */
  public String remedyText() {
    return "Allow "
        + call
        + " in the seccomp profile of the container (for a try: --security-opt seccomp=unconfined)"
        + call.sinceRelease().map(version -> ", on Linux " + version + " or later").orElse("")
        + ".";
  }
}
