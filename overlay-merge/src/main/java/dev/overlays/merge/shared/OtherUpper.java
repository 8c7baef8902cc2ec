package dev.overlays.merge.shared;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.run.WorkerThreads;
import dev.overlays.merge.survey.RenamedEntry;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.merge.whole.CompleteUpper;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.merge.whole.PullUp;
import dev.overlays.merge.whole.WholeFile;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The upper of an instance whose lower another upper is about to change: what it relies on there is
 * copied up before, since the lower's belongs to all instances.
 */
final class OtherUpper {
  private final MergeJob job;
  private final LayerStore store;

  OtherUpper(OverlaySpec spec, LayerStore store) {
    this.job = MergeJob.of(spec);
    this.store = store;
  }

  /** Refuses what is not understood: it could rely on the lower in a way that nobody knows here. */
  void checkReliance(MergeSelection selection) throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store);
        WorkerThreads one = new WorkerThreads(1)) {
      List<Problem> problems =
          UpperSurvey.of(layers.upper(), job.fit(), selection, layers.lowers(), false, one)
              .firstProblems();
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
    }
  }

  /** What its index shows in place of what the lower has must not depend on that any more. */
  void releaseIndex() throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      IndexRelease.releaseBefore(job, layers, new LayerChanges(false, job.marks()));
    }
  }

  void makeWholeBefore(OverlaySpec changing) throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store);
        LayerDirectory other = store.open(changing.upper().orElseThrow());
        StagingDirectory staging = layers.stagingDirectory(new LayerChanges(false, job.marks()))) {
      RenamedReliance reliance = new RenamedReliance(other, job.marks());
      List<RenamedEntry> touched = new ArrayList<>();
      Set<ViewPlace> places = new HashSet<>();
      UpperSurvey survey =
          UpperSurvey.withMetacopies(
              layers.upper(), job.fit(), layers.lowers(), reliance::isTouched);
      for (RenamedEntry entry : survey.renamedEntries()) {
        if (isIn(places, entry) || reliance.isTouched(entry)) {
          touched.add(entry);
          places.add(entry.path());
        }
      }
      if (!touched.isEmpty()) {
        LayerChanges changes = new LayerChanges(false, job.marks());
        DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
        MovedAway moved = new MovedAway(new MergeTally(null, null));
        boolean single = job.lowers().size() == 1 && job.dataLowers().isEmpty();
        new CompleteUpper(
                changes,
                times,
                layers.upper(),
                layers.lowers(),
                new PullUp(changes, job.marks(), staging, moved, false, single),
                new WholeFile(changes, job.marks(), times, staging, moved, false),
                true)
            .completeAll(touched);
      }
    }
  }

  /** What a directory that is made whole holds could no longer say where its own source is. */
  private static boolean isIn(Set<ViewPlace> wholeDirectories, RenamedEntry entry) {
    ViewPlace around = entry.path().parent();
    while (around != null && !wholeDirectories.contains(around)) {
      around = around.parent();
    }
    return around != null;
  }
}
