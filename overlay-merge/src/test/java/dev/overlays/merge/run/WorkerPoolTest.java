package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests {@link WorkerPool} with its {@link WalkStrand}s. */
class WorkerPoolTest {
  private static final int STEPS = 300;

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  private static int workersOf(long seed) {
    return List.of(1, 2, 3, 8).get((int) (seed % 4));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyStepRunsOnceAfterTheStepsInIt(long seed) throws IOException {
    try (WorkerPool workers = new WorkerPool(workersOf(seed))) {
      StepTree tree = new StepTree(workers, new Random(seed), STEPS);
      workers.run(tree.root());
      tree.assertDone();
      StepTree second = new StepTree(workers, new Random(-seed), STEPS);
      workers.run(second.root());
      second.assertDone();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void failureOfAnyStepIsThrownWhenAllStepsAreClosed(long seed) {
    Random random = new Random(seed);
    IOException failure = new IOException("seed " + seed);
    try (WorkerPool workers = new WorkerPool(workersOf(seed))) {
      StepTree tree = new StepTree(workers, random, STEPS).failAt(random.nextInt(STEPS), failure);
      assertSame(failure, assertThrows(IOException.class, () -> workers.run(tree.root())));
      tree.assertClosed();
      assertTrue(workers.hasFailed());
      assertThrows(WorkerPool.OtherFailureException.class, workers::throwIfFailed);
    }
  }

  @Test
  void singleWorkerIsTheCallingThread() throws IOException {
    try (WorkerPool workers = new WorkerPool(1)) {
      StepTree tree = new StepTree(workers, new Random(1), STEPS);
      workers.run(tree.root());
      assertEquals(Set.of(Thread.currentThread()), tree.threads);
      assertFalse(workers.hasSeveral());
      assertFalse(workers.hasRoom());
    }
  }

  /** A step that may fail in both of its methods. */
  private record FailingStep(Throwable inStep, Throwable inClose) implements TreeWalk.WalkStep {
    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      throwUnlessNull(inStep);
      return null;
    }

    @Override
    public void close() throws IOException {
      throwUnlessNull(inClose);
    }

    private static void throwUnlessNull(Throwable failure) throws IOException {
      if (failure instanceof IOException e) {
        throw e;
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    }
  }

  @Test
  void failureOfAnyTypeIsThrownAsItIs() {
    for (Throwable failure :
        List.of(new IOException("a"), new IllegalStateException("b"), new StackOverflowError())) {
      for (int count : new int[] {1, 2}) {
        try (WorkerPool workers = new WorkerPool(count)) {
          FailingStep step = new FailingStep(failure, null);
          assertSame(failure, assertThrows(Throwable.class, () -> workers.run(step)));
        }
        try (WorkerPool workers = new WorkerPool(count)) {
          FailingStep step = new FailingStep(null, failure);
          assertSame(failure, assertThrows(Throwable.class, () -> workers.run(step)));
        }
      }
    }
  }

  @Test
  void failureToCloseDoesNotHideTheFirstFailure() {
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    try (WorkerPool workers = new WorkerPool(2)) {
      assertSame(
          first,
          assertThrows(IOException.class, () -> workers.run(new FailingStep(first, second))));
      assertEquals(List.of(second), List.of(first.getSuppressed()));
    }
  }

  /** Runs an action as a step. */
  private static TreeWalk.WalkStep stepOf(Action action, Runnable close) {
    return new TreeWalk.WalkStep() {
      @Override
      public TreeWalk.WalkStep nextStep() throws IOException {
        action.run();
        return null;
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void runWaitsForAPartThatRunsAside() throws IOException {
    CountDownLatch mainEnded = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    try (WorkerPool workers = new WorkerPool(2)) {
      TreeWalk.WalkStep aside = stepOf(() -> awaitLatch(mainEnded), ended::incrementAndGet);
      workers.run(stepOf(() -> workers.runAside(aside), mainEnded::countDown));
      assertEquals(1, ended.get());
    }
  }

  @Test
  void failureOfAPartAsideIsThrown() {
    IOException failure = new IOException("aside");
    try (WorkerPool workers = new WorkerPool(2)) {
      TreeWalk.WalkStep aside = new FailingStep(failure, null);
      TreeWalk.WalkStep main = stepOf(() -> workers.runAside(aside), () -> {});
      assertSame(failure, assertThrows(IOException.class, () -> workers.run(main)));
    }
  }

  /** The handles must not be closed while a worker uses them. */
  @Test
  void interruptDoesNotEndTheWaitAndStaysSet() throws IOException {
    try (WorkerPool workers = new WorkerPool(2)) {
      StepTree tree = new StepTree(workers, new Random(7), STEPS);
      Thread.currentThread().interrupt();
      workers.run(tree.root());
      assertTrue(Thread.interrupted());
      tree.assertDone();
    } finally {
      Thread.interrupted();
    }
  }
}
