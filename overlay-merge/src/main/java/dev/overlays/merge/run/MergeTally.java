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

/** Counts what a merge does, and tells those who listen, one worker at a time. */
public final class MergeTally {
  /** So many entries pass before it is looked whether progress is due. */
  private static final int ENTRIES = 64;

  /** So often progress is told. */
  private static final long NANOS = 100_000_000;

  private final long start = System.nanoTime();
  private final Map<MergeAction, LongAdder> counts = new EnumMap<>(MergeAction.class);
  private final AtomicLong bytesMoved = new AtomicLong();
  private final AtomicLong bytesFreed = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();
  private final MergeListener listener;
  private final Consumer<MergeProgress> progress;
  private final AtomicLong total = new AtomicLong();
  private final PathText paths = new PathText();
  private volatile boolean sizes;
  private long told = start;

  /** Both may be null. */
  public MergeTally(MergeListener listener, Consumer<MergeProgress> progress) {
    this.listener = listener;
    this.progress = progress;
    sizes = listener != null || progress != null;
    for (MergeAction action : MergeAction.values()) {
      counts.put(action, new LongAdder());
    }
  }

  /** Lets the sizes of files count even if nobody listens. */
  public void wantSizes() {
    sizes = true;
  }

  /** Whether it is worth a question how large each file is. */
  public boolean wantsSizes() {
    return sizes;
  }

  /** How many entries of the upper there will be. */
  public void expectEntries(long entriesOfUpper) {
    total.addAndGet(entriesOfUpper);
  }

  /** An entry went to the lower. */
  public void countMoved(MergeAction action, ViewPlace place, Name name, EntryStat stat) {
    long bytes = sizes && stat.type() == EntryType.FILE ? stat.size() : 0;
    bytesMoved.addAndGet(bytes);
    countAction(action, place, name, bytes);
  }

  /** Something of the lower would go; what has other names takes up the same without this one. */
  public void countFreed(EntryStat stat) {
    if (stat.links() == 1) {
      bytesFreed.addAndGet(stat.allocated() > 0 ? stat.allocated() : stat.size());
    }
  }

  public void countAction(MergeAction action, ViewPlace place, Name name) {
    countAction(action, place, name, 0);
  }

  /** An entry stays in the upper. */
  public void countKept(ViewPlace place, Name name) {
    countAction(MergeAction.KEPT, place, name, 0);
  }

  private void countAction(MergeAction action, ViewPlace place, Name name, long bytes) {
    counts.get(action).increment();
    if (listener != null) {
      synchronized (this) {
        listener.done(action, paths.of(place, name), bytes);
      }
    }
    if (progress != null && action != MergeAction.DELETED) {
      countProgress();
    }
  }

  /** A whiteout has done its work. */
  public void countWhiteout() {
    if (progress != null) {
      countProgress();
    }
  }

  private void countProgress() {
    long done = entries.incrementAndGet();
    if (done % ENTRIES == 0) {
      tellProgress(done, NANOS);
    }
  }

  private synchronized void tellProgress(long done, long every) {
    long now = System.nanoTime();
    if (now - told >= every) {
      told = now;
      progress.accept(
          new MergeProgress(
              done, Math.max(done, total.get()), bytesMoved.get(), Duration.ofNanos(now - start)));
    }
  }

  public MergeReport mergeReport(boolean dryRun) {
    if (progress != null) {
      tellProgress(entries.get(), 0);
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
