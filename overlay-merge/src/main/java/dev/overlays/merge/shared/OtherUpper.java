package dev.overlays.merge.shared;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedEntryCounter;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.WorkerPool;
import dev.overlays.merge.survey.RenamedEntry;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.merge.whole.LowerPullUp;
import dev.overlays.merge.whole.MetacopyCompletion;
import dev.overlays.merge.whole.UpperCompletion;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The upper of an instance whose lower another upper is about to change. What it relies on there is
 * copied up first, since the lower's entries belong to all instances.
 */
final class OtherUpper {
  private final LayerJob job;
  private final LayerStore store;

  OtherUpper(OverlaySpec spec, LayerStore store) {
    this.job = LayerJob.of(spec);
    this.store = store;
  }

  /** Refuses an upper with unknown marks, which might rely on the lower in an unknown way. */
  void refuseUnknown(EntrySelection selection) throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store);
        WorkerPool one = new WorkerPool(1)) {
      List<Problem> problems =
          UpperSurvey.of(layers.upper(), job.fit(), selection, layers.lowers(), false, one)
              .firstProblems();
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
    }
  }

  /** Makes what its index shows in place of lower files independent of the lower. */
  void releaseIndex() throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      IndexRelease.releaseBefore(job, layers, new LayerChanges(false, job.marks()));
    }
  }

  void completeBefore(OverlaySpec changing) throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store);
        LayerDirectory other = store.open(changing.upper().orElseThrow());
        StagingDirectory staging = layers.createStaging(new LayerChanges(false, job.marks()))) {
      SourceChangeCheck reliance = new SourceChangeCheck(other, job.marks());
      List<RenamedEntry> touched = new ArrayList<>();
      Set<TreePlace> places = new HashSet<>();
      UpperSurvey survey =
          UpperSurvey.withMetacopies(
              layers.upper(), job.fit(), layers.lowers(), reliance::isTouched);
      for (RenamedEntry entry : survey.renamedEntries()) {
        if (isInside(places, entry) || reliance.isTouched(entry)) {
          touched.add(entry);
          places.add(entry.path());
        }
      }
      if (!touched.isEmpty()) {
        LayerChanges changes = new LayerChanges(false, job.marks());
        DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
        MovedEntryCounter moved = new MovedEntryCounter(new MergeTally(null, null));
        boolean single = job.lowers().size() == 1 && job.dataLowers().isEmpty();
        new UpperCompletion(
                changes,
                times,
                layers.upper(),
                layers.lowers(),
                new LowerPullUp(changes, job.marks(), staging, moved, false, single),
                new MetacopyCompletion(changes, job.marks(), times, staging, moved, false),
                true)
            .completeEntries(touched);
      }
    }
  }

  /**
   * Whether an entry is in a directory that is completed. After that its relative redirect would
   * lead nowhere.
   */
  private static boolean isInside(Set<TreePlace> wholeDirectories, RenamedEntry entry) {
    TreePlace around = entry.path().parent();
    while (around != null && !wholeDirectories.contains(around)) {
      around = around.parent();
    }
    return around != null;
  }
}
