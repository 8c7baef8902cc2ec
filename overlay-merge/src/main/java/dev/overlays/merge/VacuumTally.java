package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.time.Duration;

/** Counts what a vacuum removes. */
final class VacuumTally {
  private final long start = System.nanoTime();
  private long files;
  private long directories;
  private long whiteouts;
  private long bytes;

  /** A metacopy file states the size of data that it does not have. */
  void file(EntryStat stat, boolean metacopy) {
    files++;
    if (stat.type() == EntryType.FILE) {
      bytes += stat.allocated() > 0 || metacopy ? stat.allocated() : stat.size();
    }
  }

  void directory() {
    directories++;
  }

  void whiteout() {
    whiteouts++;
  }

  VacuumReport report(boolean dryRun) {
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    return new VacuumReport(dryRun, files, directories, whiteouts, bytes, duration);
  }
}
