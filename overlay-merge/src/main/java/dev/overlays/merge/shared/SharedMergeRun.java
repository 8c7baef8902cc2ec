package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.IndexedUpperStore;
import dev.overlays.merge.apply.LowerSharing;
import dev.overlays.merge.apply.MergeEngine;
import dev.overlays.merge.apply.OtherInstanceViews;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Merges the uppers of several instances one by one, after a search for conflicts. */
public final class SharedMergeRun {
  private final List<OverlaySpec> uppers;
  private final List<OverlaySpec> remaining;
  private final List<OverlaySpec> all;
  private final ConflictPolicy policy;
  private final LayerStore store;
  private final MergeSettings settings;

  public SharedMergeRun(
      List<OverlaySpec> uppers,
      List<OverlaySpec> remaining,
      ConflictPolicy policy,
      LayerStore store,
      MergeSettings settings) {
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
    ConflictTally conflicts = findConflicts();
    if (policy == ConflictPolicy.REFUSE) {
      conflicts.refuseAny();
    }
    Map<Path, MergeReport> reports = new LinkedHashMap<>();
    for (OverlaySpec spec : uppers) {
      refuseUnmergeable(spec);
    }
    for (OverlaySpec spec : remaining) {
      new OtherUpper(spec, store).refuseUnknown(selectionOf(spec));
    }
    if (!settings.dryRun()) {
      for (OverlaySpec spec : all) {
        new OtherUpper(spec, store).releaseIndex();
      }
      for (OverlaySpec spec : all) {
        new OpaqueRemoval(spec, selectionOf(spec), store).makeTransparent();
      }
    }
    for (OverlaySpec spec : uppers) {
      reports.put(spec.upper().orElseThrow(), mergeUpper(spec));
    }
    if (!settings.dryRun()) {
      for (OverlaySpec spec : all) {
        new OpaqueRemoval(spec, selectionOf(spec), store).removeMark();
      }
    }
    return new SharedMergeReport(
        settings.dryRun(),
        policy,
        reports,
        conflicts.countsByKind(),
        conflicts.firstConflicts(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** Returns the bytes that this merge would free. Changes nothing. */
  public long measureFreed() throws IOException {
    LayerStore indexed = IndexedUpperStore.forReading(store, all);
    MarkNamespace marks = LayerJob.marksOf(all.get(0));
    List<FreedPart> roots = new ArrayList<>();
    try (LayerDirectory lower = indexed.open(all.get(0).lowers().get(0))) {
      for (OverlaySpec spec : all) {
        LayerDirectory root = indexed.open(spec.upper().orElseThrow());
        roots.add(new FreedPart(root, selectionOf(spec), uppers.contains(spec), true, false));
      }
      return new FreedSpaceWalk(marks, policy == ConflictPolicy.DELETE_COMMON)
          .measureFreed(roots, lower);
    } finally {
      for (FreedPart root : roots) {
        root.directory().close();
      }
    }
  }

  /** Refuses everything that cannot be merged before the first upper is changed. */
  private void refuseUnmergeable(OverlaySpec spec) throws IOException {
    MergeTally silent = new MergeTally(null, null);
    try (MergeEngine engine = MergeEngine.open(LayerJob.of(spec), settings, store, silent)) {
      engine.refuseUnmergeable();
    }
  }

  private ConflictTally findConflicts() throws IOException {
    ConflictTally conflicts = new ConflictTally();
    LayerStore indexed = IndexedUpperStore.forReading(store, all);
    try (InstanceRoots instances = InstanceRoots.open(all, uppers, this::selectionOf, indexed)) {
      new ConflictScan(conflicts).scanRoots(instances.roots(), instances.lowers().mergedRoot());
    }
    return conflicts;
  }

  private EntrySelection selectionOf(OverlaySpec spec) {
    return EntrySelection.of(spec.privatePaths(), settings.excluded(), settings.only());
  }

  private MergeReport mergeUpper(OverlaySpec spec) throws IOException {
    List<OverlaySpec> others = new ArrayList<>(all);
    others.remove(spec);
    if (!settings.dryRun()) {
      for (OverlaySpec other : others) {
        new OtherUpper(other, store).completeBefore(spec);
      }
    }
    MergeTally tally = new MergeTally(settings.listener(), settings.progress());
    try (MergeEngine engine = MergeEngine.open(LayerJob.of(spec), settings, store, tally);
        OtherInstanceViews asked =
            policy == ConflictPolicy.DELETE_COMMON
                ? OtherInstances.open(others, store)
                : OtherInstanceViews.IGNORED) {
      engine.run(asked, others.isEmpty() ? LowerSharing.ALONE : LowerSharing.SHARED);
    }
    MergeReport report = tally.createReport(settings.dryRun());
    MergeLog.logReport(spec, report);
    return report;
  }
}
