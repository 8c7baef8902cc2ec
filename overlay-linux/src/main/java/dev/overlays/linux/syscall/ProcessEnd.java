package dev.overlays.linux.syscall;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the end of a process that need not be a child of this one. Source: pidfd_open(2), Linux
 * 5.3 and later: the descriptor means this very process, and can be read from when it has ended.
 * Where that cannot be had, /proc/[pid] is looked at again and again.
 */
public final class ProcessEnd implements AutoCloseable {
  private static final short POLLIN = 1;
  private static final int TIME = 64;
  private static final long MILLISECONDS_BETWEEN_LOOKS = 5;

  /** Fields of /proc/[pid]/stat after the name, which is in parentheses. Source: proc(5). */
  private static final int STATE = 0;

  private static final int START_TIME = 19;
  private static final String ZOMBIE = "Z";

  private final Optional<Descriptor> process;
  private final Path directory;
  private final String startTime;

  private ProcessEnd(Optional<Descriptor> process, long pid) {
    this.process = process;
    directory = Path.of("/proc", Long.toString(pid));
    List<String> stat = statFields();
    startTime = stat.isEmpty() ? "" : stat.get(START_TIME);
  }

  /**
   * Looks at a process.
   *
   * @param pid its ID
   * @return what waits for it, to be closed
   * @throws SyscallException if there is no such process, or the kernel cannot do this
   */
  public static ProcessEnd of(long pid) throws SyscallException {
    long number = Kernel.attempt(Syscall.PIDFD_OPEN, pid, 0);
    if (Errno.isUnavailable(number)) {
      return new ProcessEnd(Optional.empty(), pid);
    }
    if (number < 0) {
      throw new SyscallException(Syscall.PIDFD_OPEN, (int) -number);
    }
    return new ProcessEnd(Optional.of(new Descriptor(number)), pid);
  }

  /**
   * Waits until the process has let go of everything that it had open.
   *
   * @param patience the longest wait
   * @return whether it has ended
   */
  public boolean awaitEnd(Duration patience) {
    return process
        .map(descriptor -> awaitEnd(descriptor, patience))
        .orElseGet(() -> lookFor(patience));
  }

  private static boolean awaitEnd(Descriptor process, Duration patience) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      scratch
          .structBuffer()
          .putInt(0, process.number())
          .putShort(4, POLLIN)
          .putShort(6, (short) 0)
          .putLong(TIME, patience.toSeconds())
          .putLong(TIME + Long.BYTES, patience.toNanosPart());
      return Kernel.attempt(
              Syscall.PPOLL, scratch.structPointer(), 1, scratch.structPointer() + TIME, 0, 0)
          > 0;
    }
  }

  private boolean lookFor(Duration patience) {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (!hasEnded() && System.nanoTime() - start < patience.toNanos()) {
      try {
        TimeUnit.MILLISECONDS.sleep(MILLISECONDS_BETWEEN_LOOKS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return hasEnded();
  }

  /** Whether it is gone, another one has its ID, or nobody but its parent can see it any more. */
  private boolean hasEnded() {
    List<String> stat = statFields();
    return stat.isEmpty()
        || !stat.get(START_TIME).equals(startTime)
        || (stat.get(STATE).equals(ZOMBIE) && threadCount() <= 1);
  }

  /** The first thread of a process may have ended before the others. */
  private int threadCount() {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(directory.resolve("task"))) {
      int count = 0;
      for (Path ignored : threads) {
        count++;
      }
      return count;
    } catch (IOException e) {
      return 0;
    }
  }

  /** What the kernel tells of it; nothing of a process that is gone. */
  private List<String> statFields() {
    try {
      byte[] bytes = Files.readAllBytes(directory.resolve("stat"));
      String stat = new String(bytes, StandardCharsets.ISO_8859_1);
      return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    process.ifPresent(Descriptor::close);
  }
}
