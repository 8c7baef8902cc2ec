package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.lookup.IndexedUppers;
import dev.overlays.merge.apply.LowerSharing;
import dev.overlays.merge.apply.MergeEngine;
import dev.overlays.merge.apply.OtherViews;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.run.Job;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Settings;
import dev.overlays.merge.run.Tally;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Merges the uppers of several instances one by one, after a search for conflicts. */
public final class SharedRun {
  private final List<OverlaySpec> uppers;
  private final List<OverlaySpec> remaining;
  private final List<OverlaySpec> all;
  private final ConflictPolicy policy;
  private final LayerStore store;
  private final Settings settings;

  public SharedRun(
      List<OverlaySpec> uppers,
      List<OverlaySpec> remaining,
      ConflictPolicy policy,
      LayerStore store,
      Settings settings) {
    this.uppers = uppers;
    this.remaining = remaining;
    this.policy = policy;
    this.store = store;
    this.settings = settings;
    all = new ArrayList<>(uppers);
    all.addAll(remaining);
  }

  public SharedMergeReport run() throws IOException {
    long start = System.nanoTime();
    Conflicts conflicts = conflicts();
    if (policy == ConflictPolicy.REFUSE) {
      conflicts.refuse();
    }
    Map<Path, MergeReport> reports = new LinkedHashMap<>();
    for (OverlaySpec spec : uppers) {
      check(spec);
    }
    for (OverlaySpec spec : remaining) {
      new OtherUpper(spec, store).check(selection(spec));
    }
    if (!settings.dryRun()) {
      for (OverlaySpec spec : all) {
        new OtherUpper(spec, store).releaseIndex();
      }
      for (OverlaySpec spec : all) {
        new NewDirectories(spec, selection(spec), store).unite();
      }
    }
    for (OverlaySpec spec : uppers) {
      reports.put(spec.upper().orElseThrow(), merge(spec));
    }
    if (!settings.dryRun()) {
      for (OverlaySpec spec : all) {
        new NewDirectories(spec, selection(spec), store).forget();
      }
    }
    return new SharedMergeReport(
        settings.dryRun(),
        reports,
        conflicts.counts(),
        conflicts.examples(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** Refuses everything that cannot be merged before the first upper is changed. */
  private void check(OverlaySpec spec) throws IOException {
    Tally silent = new Tally(null, null);
    try (MergeEngine engine = MergeEngine.open(Job.of(spec), settings, store, silent)) {
      engine.check();
    }
  }

  private Conflicts conflicts() throws IOException {
    Conflicts conflicts = new Conflicts();
    LayerStore indexed = IndexedUppers.reading(store, all);
    try (Instances instances = Instances.open(all, uppers, this::selection, indexed)) {
      new ConflictScan(conflicts).scan(instances.roots(), instances.lowers().root());
    }
    return conflicts;
  }

  private Selection selection(OverlaySpec spec) {
    return Selection.of(spec.privatePaths(), settings.excluded(), settings.only());
  }

  private MergeReport merge(OverlaySpec spec) throws IOException {
    List<OverlaySpec> others = new ArrayList<>(all);
    others.remove(spec);
    if (!settings.dryRun()) {
      for (OverlaySpec other : others) {
        new OtherUpper(other, store).makeWholeBefore(spec);
      }
    }
    Tally tally = new Tally(settings.listener(), settings.progress());
    try (MergeEngine engine = MergeEngine.open(Job.of(spec), settings, store, tally);
        OtherViews asked =
            policy == ConflictPolicy.DELETE_COMMON
                ? OtherInstances.open(others, store)
                : OtherViews.IGNORED) {
      engine.run(asked, others.isEmpty() ? LowerSharing.ALONE : LowerSharing.SHARED);
    }
    MergeReport report = tally.report(settings.dryRun());
    MergeLog.done(spec, report);
    return report;
  }
}
