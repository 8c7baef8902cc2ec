package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.layer.FaultKind;
import java.io.IOException;
import java.util.Random;
import org.apache.commons.io.function.IORunnable;

/** One operation of a run over a cache fails, as when a disk is full for a moment. */
final class SingleFailure {
  private SingleFailure() {}

  /**
   * Makes a run fail at some change. It says so, and every instance is mounted or going to be.
   *
   * @param changes about as many as the run makes
   * @param where names the test in a message
   */
  static void runWith(
      FaultyFileSystem files,
      Random random,
      int changes,
      SharedCache cache,
      IORunnable run,
      String where)
      throws IOException {
    long number = files.faults().changeCount() + 1 + random.nextInt(changes);
    files.faults().failAt(number, random.nextBoolean() ? FaultKind.INJECTED : FaultKind.NO_SPACE);
    boolean failed = false;
    try {
      run.run();
    } catch (OverlayException e) {
      failed = true;
      assertFalse(e.problems().isEmpty());
    }
    for (CacheInstance instance : cache.instances()) {
      assertTrue(
          instance.mount().isPresent() || (failed && instance.waiting()), instance + ", " + where);
    }
    files.faults().failAt(Long.MAX_VALUE, FaultKind.INJECTED);
  }
}
