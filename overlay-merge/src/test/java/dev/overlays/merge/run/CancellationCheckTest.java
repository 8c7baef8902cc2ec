package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.HandMadeLayers;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CancellationCheckTest {
  private final AtomicBoolean asked = new AtomicBoolean();
  private final LayerDirectory upper = new HandMadeLayers().openDirectory("upper");
  private final CancellationCheck check =
      new CancellationCheck(asked::get, () -> {}, upper, "vacuum");

  CancellationCheckTest() throws IOException {}

  @AfterEach
  void closeUpper() throws IOException {
    upper.close();
  }

  private boolean isCancelled() {
    try {
      check.throwIfCancelled();
      return false;
    } catch (OverlayException e) {
      return true;
    }
  }

  /** Checks in another thread, as a worker does. Waits through an interrupt of this one. */
  private boolean isCancelledInWorker(boolean interrupted) throws Exception {
    FutureTask<Boolean> worker =
        new FutureTask<>(
            () -> {
              if (interrupted) {
                Thread.currentThread().interrupt();
              }
              return isCancelled();
            });
    new Thread(worker).start();
    while (!worker.isDone()) {
      Thread.onSpinWait();
    }
    boolean wasInterrupted = Thread.interrupted();
    try {
      return worker.get();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void problemNamesTheWorkItsPathAndHowToGoOn() {
    assertDoesNotThrow(check::throwIfCancelled);
    asked.set(true);
    OverlayException e = assertThrows(OverlayException.class, check::throwIfCancelled);
    Problem problem = e.problems().get(0);
    assertEquals(ProblemCode.MERGE_CANCELLED, problem.code());
    assertEquals(Optional.of("/root/upper"), problem.path().map(Object::toString));
    assertEquals("The vacuum was cancelled. What the view shows is unchanged.", problem.message());
    assertTrue(problem.remedy().startsWith("Run the vacuum again"), problem.remedy());
  }

  @Test
  void interruptOfTheCallerCancelsEveryWorkerAndStaysSet() throws Exception {
    Thread.currentThread().interrupt();
    boolean cancelled = isCancelled();
    boolean inWorker = isCancelledInWorker(false);
    boolean stillSet = Thread.interrupted();
    assertTrue(cancelled);
    assertTrue(inWorker);
    assertTrue(stillSet, "the caller may want to know it");
  }

  @Test
  void interruptOfAnotherThreadCancelsNothing() throws Exception {
    assertFalse(isCancelledInWorker(true));
  }
}
