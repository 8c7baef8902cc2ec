package dev.overlays.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ScratchTest {
  private static final int FIRST_VIRTUAL_RELEASE = 21;
  private static final int MANY_THREADS = 1000;
  private static final long STACK = 1 << 17;

  @Test
  void threadThatHasBorrowedGetsTheSameAgain() throws InterruptedException {
    try (ScratchMemory outer = ScratchMemory.borrowMemory()) {
      try (ScratchMemory inner = ScratchMemory.borrowMemory()) {
        assertSame(outer, inner);
      }
      AtomicReference<ScratchMemory> ofAnother = new AtomicReference<>();
      Thread other =
          new Thread(
              () -> {
                try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
                  ofAnother.set(scratch);
                }
              });
      other.start();
      other.join();
      assertNotSame(outer, ofAnother.get());
    }
  }

  /** More threads than there is memory for are in a call: those beyond wait, and get theirs. */
  @Test
  void threadsBeyondTheLastWaitForMemory() throws InterruptedException {
    int beyond = 20;
    Set<Long> addresses = Collections.synchronizedSet(new HashSet<>());
    CountDownLatch borrowed = new CountDownLatch(ScratchMemory.MOST);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < ScratchMemory.MOST + beyond; i++) {
      threads.add(
          start(
              () -> {
                try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
                  addresses.add(scratch.dataPointer());
                  borrowed.countDown();
                  goOn.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    borrowed.await();
    assertEquals(ScratchMemory.MOST, addresses.size());
    long waiting = threads.stream().filter(Thread::isAlive).count();
    assertEquals(ScratchMemory.MOST + beyond, waiting);
    goOn.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(ScratchMemory.MOST, addresses.size());
  }

  /** Threads that have made a call and live on keep nothing. */
  @Test
  void memoryDoesNotGrowWithTheNumberOfThreads() throws InterruptedException {
    long before = ManyThreadsProgram.directMemory();
    Set<Long> addresses = Collections.synchronizedSet(new HashSet<>());
    CountDownLatch called = new CountDownLatch(MANY_THREADS);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MANY_THREADS; i++) {
      threads.add(
          start(
              () -> {
                try (Descriptor root = Descriptor.open(Path.of("/"), OpenFlags.PATH);
                    ScratchMemory scratch = ScratchMemory.borrowMemory()) {
                  assertNotEquals(0, FileId.of(root).inode());
                  addresses.add(scratch.dataPointer());
                } catch (SyscallException e) {
                  throw new AssertionError(e);
                }
                called.countDown();
                try {
                  goOn.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    called.await();
    long after = ManyThreadsProgram.directMemory();
    goOn.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(addresses.size() <= ScratchMemory.MOST, () -> "places: " + addresses.size());
    assertTrue(after - before < 1 << 20, () -> "direct memory: " + (after - before));
  }

  /** Virtual ones where this JVM has them; what they keep has to fit into little memory. */
  @Test
  void fourThousandThreadsMakeAStatInSixteenMebibytesOfDirectMemory() throws IOException {
    int many = 4000;
    List<String> command =
        new ArrayList<>(ChildJvm.javaCommand(ManyThreadsProgram.class, Integer.toString(many)));
    command.add(1, "-XX:MaxDirectMemorySize=16m");
    String[] answer = Sandbox.run(command.toArray(String[]::new)).strip().split(" ", -1);
    assertEquals(many, Integer.parseInt(answer[0]));
    boolean virtual = Runtime.version().feature() >= FIRST_VIRTUAL_RELEASE;
    assertEquals(virtual ? many : 0, Integer.parseInt(answer[1]));
    assertTrue(Long.parseLong(answer[2]) < 1 << 20, () -> "direct memory: " + answer[2]);
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(null, task, "scratch", STACK);
    thread.start();
    return thread;
  }
}
