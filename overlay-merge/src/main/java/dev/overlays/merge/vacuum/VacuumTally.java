package dev.overlays.merge.vacuum;

import dev.overlays.merge.report.VacuumReport;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a vacuum removes. Thread-safe. */
public final class VacuumTally {
  private final long start = System.nanoTime();
  private final LongAdder files = new LongAdder();
  private final LongAdder directories = new LongAdder();
  private final LongAdder whiteouts = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  void countFile(long bytesFreed) {
    files.increment();
    bytes.add(bytesFreed);
  }

  void countDirectory() {
    directories.increment();
  }

  void countWhiteout() {
    whiteouts.increment();
  }

  public VacuumReport vacuumReport(boolean dryRun) {
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    return new VacuumReport(
        dryRun, files.sum(), directories.sum(), whiteouts.sum(), bytes.sum(), duration);
  }
}
