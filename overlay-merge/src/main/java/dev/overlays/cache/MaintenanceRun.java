package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.report.VacuumReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Runs one maintenance, step by step. */
final class MaintenanceRun {
  private final SharedCache cache;
  private final MaintenanceChoices choices;
  private final Map<String, VacuumReport> vacuums = new LinkedHashMap<>();
  private final PausedInstances paused;

  MaintenanceRun(SharedCache cache, MaintenanceChoices choices) {
    this.cache = cache;
    this.choices = choices;
    this.paused = new PausedInstances(cache);
  }

  MaintenanceReport dryRun() throws OverlayException {
    List<CacheInstance> instances = listInstances();
    long start = System.nanoTime();
    CacheDiskUse use = CacheDiskUse.of(cache, instances);
    Optional<SharedMergeReport> planned = dryRunMerge(instances);
    for (CacheInstance instance : keptAmong(instances)) {
      vacuums.put(instance.name(), vacuumOf(instance).dryRun());
    }
    List<String> mounted = new ArrayList<>();
    instances.stream()
        .filter(instance -> instance.mount().isPresent() || instance.waiting())
        .forEach(instance -> mounted.add(instance.name()));
    return MaintenanceReport.of(true, use, use, planned, vacuums, mounted, List.of(), start);
  }

  /**
   * Runs the maintenance. Two at the same time are safe: the merge claims the layers, so that one
   * of them is refused.
   */
  MaintenanceReport run() throws OverlayException {
    long start = System.nanoTime();
    List<CacheInstance> before = listInstances();
    // Refusals come before any view is unmounted.
    dryRunMerge(before);
    InstanceViewCheck.refuseCopies(before);
    CacheDiskUse used = CacheDiskUse.of(cache, before);
    InstanceFailures failures = new InstanceFailures();
    List<SharedMergeReport> merged = new ArrayList<>();
    List<String> mounted;
    try {
      if (failures.runStep(() -> paused.unmountAll(before, choices.unmountOptions()))) {
        failures.runStep(() -> merged.addAll(mergeAndVacuum(before)));
      }
    } finally {
      // Listeners and cancel conditions may throw anything.
      mounted = paused.mountAgain(failures);
    }
    failures.throwAll();
    return MaintenanceReport.of(
        false,
        used,
        CacheDiskUse.of(cache, before),
        merged.stream().findFirst(),
        vacuums,
        mounted,
        noticesSince(before),
        start);
  }

  /**
   * Lists the instances. A name to be kept that none has is a mistake: that one would be merged.
   */
  private List<CacheInstance> listInstances() throws OverlayException {
    List<CacheInstance> instances = cache.instances();
    List<String> names = instances.stream().map(CacheInstance::name).toList();
    for (String kept : new TreeSet<>(choices.keptInstances())) {
      if (!names.contains(kept)) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
                cache.instancesDirectory().resolve(kept),
                "There is no instance of this name to be kept.",
                "Correct the name: an instance that is not named is merged."));
      }
    }
    return instances;
  }

  /** Returns a notice for each aside directory that is new and still exists. */
  private static List<Problem> noticesSince(List<CacheInstance> before) throws OverlayException {
    List<Problem> notices = new ArrayList<>();
    for (CacheInstance instance : before) {
      AsideDirectories.listIn(instance.directory()).stream()
          .filter(aside -> !instance.aside().contains(aside))
          .forEach(aside -> notices.add(AsideDirectories.createNotice(aside)));
    }
    return notices;
  }

  private Optional<SharedMergeReport> dryRunMerge(List<CacheInstance> instances)
      throws OverlayException {
    InstanceViewCheck.refuseOtherViews(instances);
    Optional<SharedMerge> all = mergeOf(instances);
    return all.isPresent() ? Optional.of(all.get().dryRun()) : Optional.empty();
  }

  /** Returns the merge of the instances that are not kept; empty if there are none. */
  private Optional<SharedMerge> mergeOf(List<CacheInstance> instances) {
    List<OverlaySpec> uppers =
        instances.stream()
            .filter(instance -> !choices.keptInstances().contains(instance.name()))
            .map(CacheInstance::spec)
            .toList();
    List<OverlaySpec> rest = keptAmong(instances).stream().map(CacheInstance::spec).toList();
    return uppers.isEmpty()
        ? Optional.empty()
        : Optional.of(choices.merge().uppers(uppers).keepUppers(rest));
  }

  private List<CacheInstance> keptAmong(List<CacheInstance> instances) {
    return instances.stream()
        .filter(instance -> choices.keptInstances().contains(instance.name()))
        .toList();
  }

  private List<SharedMergeReport> mergeAndVacuum(List<CacheInstance> instances)
      throws OverlayException {
    List<SharedMergeReport> reports = new ArrayList<>();
    Optional<SharedMerge> all = mergeOf(instances);
    if (all.isPresent()) {
      reports.add(all.get().progress(choices.progress()).run());
    }
    for (CacheInstance instance : keptAmong(instances)) {
      vacuums.put(instance.name(), vacuumOf(instance).run());
    }
    return reports;
  }

  private OverlayVacuum vacuumOf(CacheInstance instance) {
    return choices.vacuum().apply(OverlayVacuum.of(instance.spec()));
  }
}
