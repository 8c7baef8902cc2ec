package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.lookup.LayerForms;
import dev.overlays.merge.apply.MergeEngine;
import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.run.Failure;
import dev.overlays.merge.run.Job;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.Settings;
import dev.overlays.merge.run.Tally;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Folds the upper of a view into its lower: deletes from the lower what was deleted in the view,
 * moves what was written, and leaves the upper empty but for its private paths, so that it can be
 * mounted again. Immutable.
 *
 * <pre>{@code
 * MergeReport report = OverlayMerge.of(spec).run();
 * }</pre>
 *
 * <p>No view over these layers may be mounted meanwhile, and a merge refuses to start when one is.
 * What the view shows never changes, whenever the merge is cut off; see the {@linkplain
 * dev.overlays.merge package}. Of several lowers it is the top-most that takes everything; those
 * below are not changed. What is renamed and what has its data in the lower is made whole first.
 *
 * <p>A lower on another file system gets copies, which are on its disk before the upper loses
 * anything. Names of one file stay names of one file, but until the last of them is copied the view
 * shows two.
 */
public final class OverlayMerge {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final Settings settings;

  private OverlayMerge(OverlaySpec spec, LayerStore store, Settings settings) {
    this.spec = spec;
    this.store = store;
    this.settings = settings;
  }

  /**
   * Returns the merge of a view.
   *
   * @param spec as the view is mounted; the mount point does not matter
   * @return a merge by one worker, of everything but the private paths
   */
  public static OverlayMerge of(OverlaySpec spec) {
    return new OverlayMerge(Objects.requireNonNull(spec, "spec"), null, Settings.DEFAULTS);
  }

  /**
   * Returns the merge of several instances into the lower that they share.
   *
   * @param lower the top-most lower of all of them
   * @return a merge that has no uppers yet
   */
  public static SharedMerge into(Path lower) {
    return SharedMerge.into(lower);
  }

  /**
   * Returns this merge with a listener.
   *
   * @param newListener hears of each entry, one at a time, in the threads that merge
   * @return a new merge
   */
  public OverlayMerge listener(MergeListener newListener) {
    return with(settings.withListener(Objects.requireNonNull(newListener, "listener")));
  }

  /**
   * Returns this merge with somebody who hears how far it is, some times a second. The size of each
   * file is asked for then, as with a {@linkplain #listener listener}.
   *
   * @param newProgress called one at a time, in the threads that merge
   * @return a new merge
   */
  public OverlayMerge progress(Consumer<MergeProgress> newProgress) {
    return with(settings.withProgress(Objects.requireNonNull(newProgress, "progress")));
  }

  /**
   * Returns this merge with several threads, which share the directories of the upper.
   *
   * @param count how many work, at least 1; one is the thread that calls
   * @return a new merge
   * @throws IllegalArgumentException if there are none
   */
  public OverlayMerge workers(int count) {
    return with(settings.withWorkers(count));
  }

  /**
   * Returns this merge without some paths, which stay in the upper beside the private ones.
   *
   * @param patterns paths relative to the root of the view; {@code *} and {@code ?} stand for any
   *     characters within a name, {@code **} for any names
   * @return a new merge
   */
  public OverlayMerge exclude(String... patterns) {
    return with(settings.withMoreExcluded(patterns));
  }

  /**
   * Returns this merge of some paths only, each with all that is in it; everything else stays in
   * the upper.
   *
   * @param patterns as for {@link #exclude}
   * @return a new merge
   */
  public OverlayMerge only(String... patterns) {
    return with(settings.withMoreOnly(patterns));
  }

  /**
   * Returns this merge with somebody to ask, before each entry, whether it is to end. It ends at an
   * interrupt of the calling thread, too.
   *
   * @param asked says whether to end; asked by every worker
   * @return a new merge
   */
  public OverlayMerge cancelWhen(BooleanSupplier asked) {
    return with(settings.withCancelled(Objects.requireNonNull(asked, "asked")));
  }

  /**
   * Returns this merge through a layer store of the caller's choice, in place of the best one that
   * is found for the layers.
   *
   * @param newStore opens all layers
   * @return a new merge
   */
  public OverlayMerge store(LayerStore newStore) {
    return new OverlayMerge(spec, Objects.requireNonNull(newStore, "store"), settings);
  }

  private OverlayMerge with(Settings newSettings) {
    return new OverlayMerge(spec, store, newSettings);
  }

  /**
   * Tells what {@link #run()} would do, and changes nothing. May be asked while the view is
   * mounted; then it tells of some moment, and does not tell that the view is in the way. A
   * listener hears of each entry. Where something was renamed in the view, a file may be counted as
   * added that the merge counts as replaced, or the other way round.
   *
   * @return what would be done
   * @throws OverlayException if a merge would be refused
   */
  public MergeReport dryRun() throws OverlayException {
    return run(settings.withDryRun(true));
  }

  /**
   * Merges.
   *
   * @return what was done
   * @throws OverlayException if the merge is refused, and nothing was changed: the layers are in
   *     use ({@link ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}), are missing or
   *     read-only, or hold something that is not understood; if it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}); or if an operation failed on the way ({@link
   *     ProblemCode#MERGE_STOPPED}), and the rest is still in the upper
   */
  public MergeReport run() throws OverlayException {
    return run(settings);
  }

  private MergeReport run(Settings now) throws OverlayException {
    Failure.requireUpper(spec, "nothing to merge");
    return Failure.told(
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
          Tally tally = new Tally(now.listener(), now.progress());
          Closeable claim = now.dryRun() ? () -> {} : opener.claim(spec);
          try (claim) {
            LayerStore forms = LayerForms.settled(opener, List.of(spec), now.dryRun());
            try (MergeEngine engine = MergeEngine.open(Job.of(spec), now, forms, tally)) {
              engine.runAlone();
            }
          }
          MergeReport report = tally.report(now.dryRun());
          MergeLog.done(spec, report);
          return report;
        });
  }
}
