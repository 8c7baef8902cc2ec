package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.merge.run.TaskHelpers.HelperTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that run ahead of the thread that needs their results. */
@Timeout(60)
class TaskHelpersTest {

  @Test
  void resultsComeInTheOrderOfTheCaller() throws IOException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (TaskHelpers helpers = new TaskHelpers(3)) {
      List<HelperTask<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        int number = i;
        tasks.add(
            helpers.beginTask(
                () -> {
                  threads.add(Thread.currentThread());
                  return number;
                }));
      }
      for (int i = 0; i < 1000; i++) {
        assertEquals(i, tasks.get(i).takeResult());
      }
    }
    assertTrue(threads.size() <= 3, threads.toString());
  }

  @Test
  void singleWorkerRunsATaskWhenItsResultIsTaken() throws IOException {
    List<Thread> threads = new ArrayList<>();
    try (TaskHelpers helpers = new TaskHelpers(1)) {
      HelperTask<Boolean> task = helpers.beginTask(() -> threads.add(Thread.currentThread()));
      assertEquals(List.of(), threads);
      assertTrue(task.takeResult());
    }
    assertEquals(List.of(Thread.currentThread()), threads);
  }

  @Test
  void failureOfATaskIsThrownWhereItsResultIsTaken() throws IOException {
    IOException failure = new IOException("of a task");
    StackOverflowError error = new StackOverflowError();
    try (TaskHelpers helpers = new TaskHelpers(2)) {
      HelperTask<Integer> failing =
          helpers.beginTask(
              () -> {
                throw failure;
              });
      HelperTask<Integer> worse =
          helpers.beginTask(
              () -> {
                throw error;
              });
      HelperTask<Integer> other = helpers.beginTask(() -> 1);
      assertEquals(1, other.takeResult());
      assertSame(failure, assertThrows(IOException.class, failing::takeResult));
      assertSame(error, assertThrows(StackOverflowError.class, worse::takeResult));
    }
  }

  /** The task that runs ends before close() returns; those that wait never run. */
  @Test
  void closeWaitsForTheRunningTaskOnly() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    TaskHelpers helpers = new TaskHelpers(2);
    helpers.beginTask(
        () -> {
          running.countDown();
          spinForAWhile();
          return ended.incrementAndGet();
        });
    running.await();
    List<HelperTask<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(helpers.beginTask(ended::incrementAndGet));
    }
    waiting.forEach(HelperTask::cancelOrAwait);
    helpers.close();
    assertEquals(1, ended.get());
    helpers.close();
  }

  private static void spinForAWhile() {
    for (int i = 0; i < 1_000_000; i++) {
      Thread.onSpinWait();
    }
  }

  @Test
  void callerThatWaitsRunsOtherTasks() throws Exception {
    CountDownLatch secondRan = new CountDownLatch(1);
    CountDownLatch firstRuns = new CountDownLatch(1);
    try (TaskHelpers helpers = new TaskHelpers(2)) {
      HelperTask<Boolean> first =
          helpers.beginTask(
              () -> {
                firstRuns.countDown();
                try {
                  secondRan.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                return true;
              });
      firstRuns.await();
      HelperTask<Boolean> second =
          helpers.beginTask(
              () -> {
                secondRan.countDown();
                return true;
              });
      assertTrue(first.takeResult());
      assertTrue(second.takeResult());
    }
  }

  @Test
  void interruptIsKeptForTheCaller() throws IOException {
    try (TaskHelpers helpers = new TaskHelpers(2)) {
      CountDownLatch runs = new CountDownLatch(1);
      HelperTask<Integer> task =
          helpers.beginTask(
              () -> {
                runs.countDown();
                spinForAWhile();
                return 1;
              });
      Thread.currentThread().interrupt();
      assertEquals(1, task.takeResult());
    }
    assertTrue(Thread.interrupted());
    assertFalse(Thread.currentThread().isInterrupted());
  }
}
