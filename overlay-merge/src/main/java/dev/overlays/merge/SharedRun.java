package dev.overlays.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One run over the uppers of several instances: looks for conflicts, and merges one by one. */
final class SharedRun {
  private final List<OverlaySpec> uppers;
  private final List<OverlaySpec> all;
  private final ConflictPolicy policy;
  private final LayerStore store;
  private final Settings settings;
  private final MarkNamespace marks;

  SharedRun(
      List<OverlaySpec> uppers,
      List<OverlaySpec> remaining,
      ConflictPolicy policy,
      LayerStore store,
      Settings settings) {
    this.uppers = uppers;
    this.policy = policy;
    this.store = store;
    this.settings = settings;
    all = new ArrayList<>(uppers);
    all.addAll(remaining);
    marks = Job.marks(uppers.get(0));
  }

  SharedMergeReport run() throws IOException {
    long start = System.nanoTime();
    Conflicts conflicts = conflicts();
    if (policy == ConflictPolicy.REFUSE) {
      conflicts.refuse();
    }
    Map<Path, MergeReport> reports = new LinkedHashMap<>();
    for (OverlaySpec spec : uppers) {
      check(spec);
    }
    for (OverlaySpec spec : uppers) {
      reports.put(spec.upper().orElseThrow(), merge(spec));
    }
    return new SharedMergeReport(
        settings.dryRun(),
        reports,
        conflicts.counts(),
        conflicts.examples(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  /** What would be refused is refused before the first upper is touched. */
  private void check(OverlaySpec spec) throws IOException {
    Tally silent = new Tally(null, null);
    try (MergeEngine engine = MergeEngine.open(Job.of(spec), settings, store, silent)) {
      engine.check();
    }
  }

  private Conflicts conflicts() throws IOException {
    Conflicts conflicts = new Conflicts();
    List<Instance> roots = new ArrayList<>();
    try (LayerDirectory lower = store.open(uppers.get(0).lowers().get(0))) {
      for (OverlaySpec spec : all) {
        Path upper = spec.upper().orElseThrow();
        Selection selection =
            Selection.of(spec.privatePaths(), settings.excluded(), settings.only());
        roots.add(new Instance(upper, Instance.State.MERGED, store.open(upper), selection));
      }
      new ConflictScan(marks, conflicts).scan(roots, lower, Place.ROOT);
    } finally {
      for (Instance root : roots) {
        root.close();
      }
    }
    return conflicts;
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
        Others asked = policy == ConflictPolicy.DELETE_COMMON ? others(others) : null) {
      engine.run(asked);
    }
    MergeReport report = tally.report(settings.dryRun());
    MergeLog.done(spec, report);
    return report;
  }

  private Others others(List<OverlaySpec> specs) throws IOException {
    List<LayerDirectory> roots = new ArrayList<>();
    try {
      for (OverlaySpec spec : specs) {
        roots.add(store.open(spec.upper().orElseThrow()));
      }
    } catch (IOException | RuntimeException e) {
      for (LayerDirectory root : roots) {
        root.close();
      }
      throw e;
    }
    return Others.of(roots, marks);
  }
}
