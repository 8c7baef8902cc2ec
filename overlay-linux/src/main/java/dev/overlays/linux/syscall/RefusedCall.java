package dev.overlays.linux.syscall;

import java.util.Optional;
import java.util.Set;

/**
 * A system call that this process cannot make at all: it is forbidden, or the kernel does not have
 * it.
 *
 * @param call which call
 * @param errno the error that the call returned
 */
public record RefusedCall(Syscall call, Errno errno) {
  /**
   * Calls that return EPERM to a process without the right to mount, before they check anything
   * else.
   */
  private static final Set<Syscall> FOR_MOUNTING =
      Set.of(Syscall.FSOPEN, Syscall.FSMOUNT, Syscall.FSPICK, Syscall.MOVE_MOUNT);

  /**
   * Returns the refusal if a call failed because it was refused.
   *
   * @param failure the failure
   * @return the refused call; empty if the call failed for another reason, which includes that this
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
   * Probes a call.
   *
   * @param call which call
   * @return the refused call; empty if the call can be made
   */
  public static Optional<RefusedCall> of(Syscall call) {
    if (CallProbe.mayUse(call)) {
      return Optional.empty();
    }
    long result = Kernel.attempt(call, -1, -1, -1, -1, -1, -1);
    return of(new SyscallException(call, (int) -result));
  }

  /**
   * Returns a description of why a call failed.
   *
   * @param failure the failure
   * @return a phrase for the middle of a sentence: that the call was refused, or the description of
   *     the error
   */
  public static String reasonOf(SyscallException failure) {
    return of(failure).map(RefusedCall::refusalWords).orElse(failure.errno().text());
  }

  /**
   * Returns a description of the refusal.
   *
   * @return a phrase for the middle of a sentence
   */
  public String refusalWords() {
    return errno == Errno.ENOSYS
        ? "the system call "
            + call
            + " does not exist (ENOSYS): the kernel is older"
            + call.sinceRelease().map(version -> " than Linux " + version).orElse("")
            + ", or a container's seccomp profile or a translator hides the call"
        : "this process may not use the system call "
            + call
            + " ("
            + errno
            + "), as a container's seccomp profile forbids it";
  }

  /**
   * Returns the remedy.
   *
   * @return a sentence
   */
  public String remedyText() {
    return "Allow "
        + call
        + " in the seccomp profile of the container (to try: --security-opt seccomp=unconfined)"
        + call.sinceRelease().map(version -> ", on Linux " + version + " or later").orElse("")
        + ".";
  }
}
