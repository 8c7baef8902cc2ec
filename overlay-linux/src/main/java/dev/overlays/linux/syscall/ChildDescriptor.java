package dev.overlays.linux.syscall;

/**
 * A descriptor of another process. Source: pidfd_getfd(2), Linux 5.6: the two share the open file
 * description, and so its locks.
 */
public final class ChildDescriptor {
  private ChildDescriptor() {}

  /**
   * Takes a duplicate of a descriptor of another process, as a debugger may.
   *
   * @param pid the process
   * @param number the number that the descriptor has there
   * @return the duplicate, to be closed
   * @throws SyscallException if there is no such process or descriptor, the kernel is older, or
   *     this process may not inspect the other
   */
  public static Descriptor duplicateOf(long pid, int number) throws SyscallException {
    try (Descriptor process = new Descriptor(Kernel.call(Syscall.PIDFD_OPEN, pid, 0, 0, 0, 0, 0))) {
      return new Descriptor(process.callOn(Syscall.PIDFD_GETFD, number, 0));
    }
  }
}
