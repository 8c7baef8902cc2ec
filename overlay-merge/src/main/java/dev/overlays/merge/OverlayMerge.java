package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.apply.MergeEngine;
import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.run.ClaimCheck;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeFailures;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Folds the upper of a view into its lower: deletes from the lower what was deleted in the view,
 * moves what was written, and leaves the upper empty except for private paths, so that it can be
 * mounted again. Immutable.
 *
 * <pre>{@code
 * MergeReport report = OverlayMerge.of(spec).run();
 * }</pre>
 *
 * <p>No view over these layers may be mounted; the merge then refuses to start. The content of the
 * view never changes, even if the merge is interrupted; see the {@linkplain dev.overlays.merge
 * package}. Of several lowers, the top-most receives everything, and those below are not changed.
 * Renamed entries, and files whose data is in the lower, are completed first.
 *
 * <p>A lower on another file system gets copies, which are durable before the upper loses anything.
 * Hard links are kept, but until the last name is copied the view shows two files.
 */
public final class OverlayMerge {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final MergeSettings settings;

  private OverlayMerge(OverlaySpec spec, LayerStore store, MergeSettings settings) {
    this.spec = spec;
    this.store = store;
    this.settings = settings;
  }

  /**
   * Returns the merge of a view.
   *
   * @param spec the spec that the view is mounted with; the mount point does not matter
   * @return a merge with one worker, of everything except private paths
   */
  public static OverlayMerge of(OverlaySpec spec) {
    return new OverlayMerge(Objects.requireNonNull(spec, "spec"), null, MergeSettings.DEFAULTS);
  }

  /**
   * Returns the merge of several instances into the lower that they share.
   *
   * @param lower the top-most lower of all of them
   * @return a merge without uppers yet
   */
  public static SharedMerge into(Path lower) {
    return SharedMerge.into(lower);
  }

  /**
   * Returns this merge with a listener.
   *
   * @param newListener is called for each entry, one at a time, by the merging threads
   * @return a new merge
   */
  public OverlayMerge listener(MergeListener newListener) {
    return withSettings(settings.withListener(Objects.requireNonNull(newListener, "listener")));
  }

  /**
   * Returns this merge with a consumer of its progress, which is called several times per second.
   * The merge then reads the size of each file, as with a {@linkplain #listener listener}.
   *
   * @param newProgress is called by one merging thread at a time
   * @return a new merge
   */
  public OverlayMerge progress(Consumer<MergeProgress> newProgress) {
    return withSettings(settings.withProgress(Objects.requireNonNull(newProgress, "progress")));
  }

  /**
   * Returns this merge with several threads, which share the directories of the upper.
   *
   * @param count the number of threads, at least 1; with 1, the calling thread works
   * @return a new merge
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public OverlayMerge workers(int count) {
    return withSettings(settings.withWorkers(count));
  }

  /**
   * Returns this merge without some paths. They stay in the upper, as private paths do.
   *
   * @param patterns paths relative to the root of the view; {@code *} and {@code ?} match any
   *     characters within a name, {@code **} matches any number of names
   * @return a new merge
   */
  public OverlayMerge exclude(String... patterns) {
    return withSettings(settings.withMoreExcluded(patterns));
  }

  /**
   * Returns this merge of some paths only, each with everything in it. Everything else stays in the
   * upper.
   *
   * @param patterns as for {@link #exclude}
   * @return a new merge
   */
  public OverlayMerge only(String... patterns) {
    return withSettings(settings.withMoreOnly(patterns));
  }

  /**
   * Returns this merge with a condition that is checked before each entry and cancels the merge. An
   * interrupt of the calling thread cancels it, too.
   *
   * @param asked returns whether to cancel; called by every worker
   * @return a new merge
   */
  public OverlayMerge cancelWhen(BooleanSupplier asked) {
    return withSettings(settings.withCancelled(Objects.requireNonNull(asked, "asked")));
  }

  /**
   * Returns this merge through a given layer store, in place of the best one for the layers.
   *
   * @param newStore opens all layers
   * @return a new merge
   */
  public OverlayMerge store(LayerStore newStore) {
    return new OverlayMerge(spec, Objects.requireNonNull(newStore, "store"), settings);
  }

  private OverlayMerge withSettings(MergeSettings newSettings) {
    return new OverlayMerge(spec, store, newSettings);
  }

  /**
   * Returns what {@link #run()} would do, and changes nothing. The view may be mounted. The result
   * then describes one moment, and does not say that {@code run()} would be refused. A listener is
   * called for each entry. If entries were renamed in the view, a file may be counted as added that
   * the merge counts as replaced, or the other way round.
   *
   * @return the report of what would be done
   * @throws OverlayException if a merge would be refused
   */
  public MergeReport dryRun() throws OverlayException {
    return run(settings.withDryRun(true));
  }

  /**
   * Returns the size of the lower's files that {@link #run()} would remove: those that the upper
   * deletes or replaces. This is what {@code dryRun().bytesFreed()} returns, with fewer questions
   * to the disk, and no listener is called.
   *
   * @return the size in bytes; a file with several names counts nothing
   * @throws OverlayException as {@link #dryRun()}
   */
  public long bytesFreed() throws OverlayException {
    return run(settings.withDryRun(true), MergeTally.withoutSizes()).bytesFreed();
  }

  /**
   * Merges.
   *
   * @return the report of what was done
   * @throws OverlayException if the merge is refused and nothing was changed, because the layers
   *     are in use ({@link ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}), are
   *     missing or read-only, or hold something unknown; if it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}); or if an operation failed ({@link
   *     ProblemCode#MERGE_STOPPED}) and the rest is still in the upper
   */
  public MergeReport run() throws OverlayException {
    return run(settings);
  }

  private MergeReport run(MergeSettings now) throws OverlayException {
    return run(now, new MergeTally(now.listener(), now.progress()));
  }

  private MergeReport run(MergeSettings now, MergeTally tally) throws OverlayException {
    MergeFailures.requireUpper(spec, "nothing to merge");
    return MergeFailures.runTranslated(
        "merge",
        List.of(spec),
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
          Closeable claim = now.dryRun() ? () -> {} : opener.claim(spec);
          try (claim) {
            LayerStore forms = KernelFormStore.forChanging(opener, List.of(spec), now.dryRun());
            MergeSettings claimed = now.withClaim(ClaimCheck.of(opener, claim));
            try (MergeEngine engine = MergeEngine.open(LayerJob.of(spec), claimed, forms, tally)) {
              engine.runAlone();
            }
          }
          MergeReport report = tally.createReport(now.dryRun());
          MergeLog.logReport(spec, report);
          return report;
        });
  }
}
