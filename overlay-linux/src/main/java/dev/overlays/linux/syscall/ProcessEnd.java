package dev.overlays.linux.syscall;

import java.time.Duration;

/**
 * Waits for the end of a process that need not be a child of this one. Source: pidfd_open(2), Linux
 * 5.3 and later: the descriptor means this very process, and can be read from when it has ended.
 */
public final class ProcessEnd implements AutoCloseable {
  private static final short POLLIN = 1;
  private static final int TIME = 64;

  private final Descriptor process;

  private ProcessEnd(Descriptor process) {
    this.process = process;
  }

  /**
   * Looks at a process.
   *
   * @param pid its ID
   * @return what waits for it, to be closed
   * @throws SyscallException if there is no such process, or the kernel cannot do this
   */
  public static ProcessEnd of(long pid) throws SyscallException {
    return new ProcessEnd(new Descriptor(Kernel.call(Syscall.PIDFD_OPEN, pid, 0)));
  }

  /**
   * Waits until the process has let go of everything that it had open.
   *
   * @param patience the longest wait
   * @return whether it has ended
   */
  public boolean await(Duration patience) {
    Scratch scratch = Scratch.get();
    scratch
        .structBuffer()
        .putInt(0, process.number())
        .putShort(4, POLLIN)
        .putShort(6, (short) 0)
        .putLong(TIME, patience.toSeconds())
        .putLong(TIME + Long.BYTES, patience.toNanosPart());
    return Kernel.attempt(Syscall.PPOLL, scratch.struct(), 1, scratch.struct() + TIME, 0, 0) > 0;
  }

  @Override
  public void close() {
    process.close();
  }
}
