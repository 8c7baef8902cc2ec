package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.lookup.IndexedUppers;
import dev.overlays.merge.apply.MergeEngine;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.RunSettings;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One run over the uppers of several instances: looks for conflicts, and merges one by one. */
public final class SharedRun {
  private final List<OverlaySpec> uppers;
  private final List<OverlaySpec> remaining;
  private final List<OverlaySpec> all;
  private final ConflictPolicy policy;
  private final LayerStore store;
  private final RunSettings settings;

  public SharedRun(
      List<OverlaySpec> uppers,
      List<OverlaySpec> remaining,
      ConflictPolicy policy,
      LayerStore store,
      RunSettings settings) {
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
    ConflictCount conflicts = countConflicts();
    if (policy == ConflictPolicy.REFUSE) {
      conflicts.refuseConflicts();
    }
    Map<Path, MergeReport> reports = new LinkedHashMap<>();
    for (OverlaySpec spec : uppers) {
      checkUpper(spec);
    }
    for (OverlaySpec spec : remaining) {
      new OtherUpper(spec, store).checkReliance(selectionOf(spec));
    }
    if (!settings.dryRun()) {
      for (OverlaySpec spec : all) {
        new OtherUpper(spec, store).releaseIndex();
      }
      for (OverlaySpec spec : all) {
        new NewDirectories(spec, selectionOf(spec), store).uniteDirectories();
      }
    }
    for (OverlaySpec spec : uppers) {
      reports.put(spec.upper().orElseThrow(), mergeUpper(spec));
    }
    if (!settings.dryRun()) {
      for (OverlaySpec spec : all) {
        new NewDirectories(spec, selectionOf(spec), store).forgetMarks();
      }
    }
    return new SharedMergeReport(
        settings.dryRun(),
        reports,
        conflicts.countsByKind(),
        conflicts.firstConflicts(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** What would be refused is refused before the first upper is touched. */
  private void checkUpper(OverlaySpec spec) throws IOException {
    MergeTally silent = new MergeTally(null, null);
    try (MergeEngine engine = MergeEngine.open(MergeJob.of(spec), settings, store, silent)) {
      engine.checkLayers();
    }
  }

  private ConflictCount countConflicts() throws IOException {
    ConflictCount conflicts = new ConflictCount();
    LayerStore indexed = IndexedUppers.reading(store, all);
    try (InstanceRoots instances = InstanceRoots.open(all, uppers, this::selectionOf, indexed)) {
      new ConflictScan(conflicts).scanRoots(instances.roots(), instances.lowers().root());
    }
    return conflicts;
  }

  private MergeSelection selectionOf(OverlaySpec spec) {
    return MergeSelection.of(spec.privatePaths(), settings.excluded(), settings.only());
  }

  private MergeReport mergeUpper(OverlaySpec spec) throws IOException {
    List<OverlaySpec> others = new ArrayList<>(all);
    others.remove(spec);
    if (!settings.dryRun()) {
      for (OverlaySpec other : others) {
        new OtherUpper(other, store).makeWholeBefore(spec);
      }
    }
    MergeTally tally = new MergeTally(settings.listener(), settings.progress());
    try (MergeEngine engine = MergeEngine.open(MergeJob.of(spec), settings, store, tally);
        OtherInstances asked =
            policy == ConflictPolicy.DELETE_COMMON ? OtherInstances.open(others, store) : null) {
      engine.run(asked, others.isEmpty());
    }
    MergeReport report = tally.mergeReport(settings.dryRun());
    MergeLog.logDone(spec, report);
    return report;
  }
}
