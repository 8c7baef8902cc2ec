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
public final class Tally {
  /** The clock is read once for so many entries. */
  private static final int ENTRIES = 64;

  /** The shortest time between two reports of progress. */
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

  /** Makes a tally. Both listeners may be null. */
  public Tally(MergeListener listener, Consumer<MergeProgress> progress) {
    this.listener = listener;
    this.progress = progress;
    sizes = listener != null || progress != null;
    for (MergeAction action : MergeAction.values()) {
      counts.put(action, new LongAdder());
    }
  }

  /** Counts the sizes of files even if nobody listens. */
  public void wantSizes() {
    sizes = true;
  }

  /** Whether the sizes of files are counted, so that each file needs a stat. */
  public boolean wantsSizes() {
    return sizes;
  }

  /** Adds to the number of entries that are expected. */
  public void expect(long entriesOfUpper) {
    total.addAndGet(entriesOfUpper);
  }

  /** Counts an entry that was moved to the lower. */
  public void moved(MergeAction action, Place place, Name name, EntryStat stat) {
    long bytes = sizes && stat.type() == EntryType.FILE ? stat.size() : 0;
    bytesMoved.addAndGet(bytes);
    add(action, place, name, bytes);
  }

  /**
   * Counts the disk space that an entry of the lower would free. An entry with other names frees
   * none.
   */
  public void freed(EntryStat stat) {
    if (stat.links() == 1) {
      bytesFreed.addAndGet(stat.allocated() > 0 ? stat.allocated() : stat.size());
    }
  }

  public void add(MergeAction action, Place place, Name name) {
    add(action, place, name, 0);
  }

  /** Counts an entry that stays in the upper. */
  public void kept(Place place, Name name) {
    add(MergeAction.KEPT, place, name, 0);
  }

  private void add(MergeAction action, Place place, Name name, long bytes) {
    counts.get(action).increment();
    if (listener != null) {
      synchronized (this) {
        listener.done(action, paths.of(place, name), bytes);
      }
    }
    if (progress != null && action != MergeAction.DELETED) {
      progress();
    }
  }

  /** Counts a whiteout that was merged. */
  public void whiteout() {
    if (progress != null) {
      progress();
    }
  }

  private void progress() {
    long done = entries.incrementAndGet();
    if (done % ENTRIES == 0) {
      tell(done, NANOS);
    }
  }

  private synchronized void tell(long done, long every) {
    long now = System.nanoTime();
    if (now - told >= every) {
      told = now;
      progress.accept(
          new MergeProgress(
              done, Math.max(done, total.get()), bytesMoved.get(), Duration.ofNanos(now - start)));
    }
  }

  public MergeReport report(boolean dryRun) {
    if (progress != null) {
      tell(entries.get(), 0);
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
