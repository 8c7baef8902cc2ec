package dev.overlays.linux.syscall;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes a stat in each of many threads, virtual ones where the JVM has them, and keeps all of them
 * until the last one has made its own. Prints how many stats came back, how many of the threads
 * were virtual, and how many bytes of direct memory are in use. Ends with 1 when there is no
 * memory.
 */
public final class ManyThreadsProgram {
  private static final int FIRST_VIRTUAL_RELEASE = 21;
  private static final long STACK = 1 << 17;

  private ManyThreadsProgram() {}

  /** Takes the number of threads. */
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    AtomicInteger answers = new AtomicInteger();
    AtomicInteger virtual = new AtomicInteger();
    CountDownLatch called = new CountDownLatch(count);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads.add(
          startThread(
              () -> {
                try {
                  if (hasAnswer()) {
                    answers.incrementAndGet();
                  }
                  if (isVirtual()) {
                    virtual.incrementAndGet();
                  }
                } catch (OutOfMemoryError e) {
                  // At once, since the JVM makes each of the others wait before it gives up.
                  Runtime.getRuntime().halt(1);
                }
                called.countDown();
                try {
                  goOn.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    called.await();
    System.out.println(answers + " " + virtual + " " + directMemory());
    goOn.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static boolean hasAnswer() {
    try (Descriptor root = Descriptor.open(Path.of("/"), OpenFlags.PATH)) {
      return FileId.of(root).isDirectory();
    } catch (SyscallException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Virtual threads are in no group that the threads of the JVM are in. */
  private static boolean isVirtual() {
    return Thread.currentThread().getThreadGroup().getName().equals("VirtualThreads");
  }

  /** The tests are compiled for Java 17, which has no virtual threads. */
  private static Thread startThread(Runnable task) throws ReflectiveOperationException {
    if (Runtime.version().feature() >= FIRST_VIRTUAL_RELEASE) {
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    }
    Thread thread = new Thread(null, task, "stat", STACK);
    thread.start();
    return thread;
  }

  /** Returns the bytes of direct memory that this JVM has now. */
  static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
