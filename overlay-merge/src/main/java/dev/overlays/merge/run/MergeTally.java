package dev.overlays.merge.run;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.MergeReport;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts what a merge does and calls the listeners, from one worker at a time. */
public final class MergeTally {
  /** The clock is read once for so many entries. */
  private static final int PROGRESS_CHECK_ENTRIES = 64;

  /** The shortest time between two reports of progress. */
  private static final long PROGRESS_INTERVAL_NANOS = 100_000_000;

  private final long start = System.nanoTime();
  private final Map<MergeAction, LongAdder> counts = new EnumMap<>(MergeAction.class);
  private final AtomicLong bytesMoved = new AtomicLong();
  private final AtomicLong bytesFreed = new AtomicLong();
  private final AtomicLong entriesDone = new AtomicLong();
  private final MergeListener listener;
  private final Consumer<MergeProgress> progress;
  private final AtomicLong expectedEntries = new AtomicLong();
  private final PathText paths = new PathText();
  private final boolean ignoresSizes;
  private volatile boolean wantsSizes;
  private long lastProgress = start;

  /** Makes a tally. Both listeners may be null. */
  public MergeTally(MergeListener listener, Consumer<MergeProgress> progress) {
    this(listener, progress, false);
  }

  private MergeTally(
      MergeListener listener, Consumer<MergeProgress> progress, boolean ignoresSizes) {
    this.ignoresSizes = ignoresSizes;
    this.listener = listener;
    this.progress = progress;
    wantsSizes = listener != null || progress != null;
    for (MergeAction action : MergeAction.values()) {
      counts.put(action, new LongAdder());
    }
  }

  /** Makes a tally that does not count the sizes of what is moved. */
  public static MergeTally withoutSizes() {
    return new MergeTally(null, null, true);
  }

  /** Counts the sizes of files even if nobody listens. */
  public void requestSizes() {
    wantsSizes = !ignoresSizes;
  }

  /** Whether the sizes of files are counted, so that each file needs a stat. */
  public boolean wantsSizes() {
    return wantsSizes;
  }

  /** Adds to the number of entries that are expected. */
  public void expectEntries(long entriesOfUpper) {
    expectedEntries.addAndGet(entriesOfUpper);
  }

  /** Counts an entry that was moved to the lower. */
  public void countMoved(MergeAction action, TreePlace place, Name name, EntryStat stat) {
    long bytes = wantsSizes && stat.type() == EntryType.FILE ? stat.size() : 0;
    bytesMoved.addAndGet(bytes);
    countAction(action, place, name, bytes);
  }

  /**
   * Counts the disk space that an entry of the lower would free. An entry with other names frees
   * none.
   */
  public void countFreed(EntryStat stat) {
    if (stat.links() == 1) {
      bytesFreed.addAndGet(stat.allocated() > 0 ? stat.allocated() : stat.size());
    }
  }

  public void countAction(MergeAction action, TreePlace place, Name name) {
    countAction(action, place, name, 0);
  }

  /** Counts an entry that stays in the upper. */
  public void countKept(TreePlace place, Name name) {
    countAction(MergeAction.KEPT, place, name, 0);
  }

  private void countAction(MergeAction action, TreePlace place, Name name, long bytes) {
    counts.get(action).increment();
    if (listener != null) {
      synchronized (this) {
        listener.done(action, paths.pathOf(place, name), bytes);
      }
    }
    if (progress != null && action != MergeAction.DELETED) {
      countProgress();
    }
  }

  /** Counts a whiteout that was merged. */
  public void countWhiteout() {
    if (progress != null) {
      countProgress();
    }
  }

  private void countProgress() {
    long done = entriesDone.incrementAndGet();
    if (done % PROGRESS_CHECK_ENTRIES == 0) {
      reportProgress(done, PROGRESS_INTERVAL_NANOS);
    }
  }

  private synchronized void reportProgress(long done, long every) {
    long now = System.nanoTime();
    if (now - lastProgress >= every) {
      lastProgress = now;
      progress.accept(
          new MergeProgress(
              done,
              Math.max(done, expectedEntries.get()),
              bytesMoved.get(),
              Duration.ofNanos(now - start)));
    }
  }

  public MergeReport createReport(boolean dryRun) {
    if (progress != null) {
      reportProgress(entriesDone.get(), 0);
    }
    Map<MergeAction, Long> all = new EnumMap<>(MergeAction.class);
    for (MergeAction action : MergeAction.values()) {
      long count = counts.get(action).sum();
      if (count > 0) {
        all.put(action, count);
      }
    }
    return new MergeReport(
        dryRun,
        all,
        bytesMoved.get(),
        bytesFreed.get(),
        Duration.ofNanos(System.nanoTime() - start));
  }
}
