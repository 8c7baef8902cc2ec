package dev.overlays.merge.oci.registry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SilenceWatchTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  @AfterEach
  void forgetInterruption() {
    Thread.interrupted();
  }

  private static void awaitSilence(SilenceWatch watch) {
    while (!watch.wasSilent()) {
      Thread.onSpinWait();
    }
  }

  /** As when the answer comes at the very moment of the limit. */
  @Test
  void callerIsNotInterruptedAfterItsWaits() {
    try (SilenceWatch watch = SilenceWatch.interruptingCaller(SHORT)) {
      watch.beginWait();
      awaitSilence(watch);
      assertTrue(Thread.currentThread().isInterrupted());
    }
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @Test
  void interruptionByOthersStays() {
    try (SilenceWatch watch = SilenceWatch.interruptingCaller(Duration.ofHours(1))) {
      watch.beginWait();
      Thread.currentThread().interrupt();
    }
    assertTrue(Thread.currentThread().isInterrupted());
  }

  @Test
  void timeWithoutAWaitIsNotSilence() {
    try (SilenceWatch watch = SilenceWatch.interruptingCaller(SHORT);
        SilenceWatch clock = SilenceWatch.start(SHORT.multipliedBy(20), () -> {})) {
      clock.beginWait();
      awaitSilence(clock);
      assertFalse(watch.wasSilent());
    }
  }
}
