package dev.overlays.merge.vacuum;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.LayerCheck;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.RunCancellation;
import dev.overlays.merge.run.RunSettings;
import dev.overlays.merge.run.WorkerThreads;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One vacuum over the open layers of one job: looks, refuses, removes. */
public final class VacuumEngine implements Closeable {
  private final MergeJob job;
  private final OpenLayers layers;

  private VacuumEngine(MergeJob job, OpenLayers layers) {
    this.job = job;
    this.layers = layers;
  }

  public static VacuumEngine open(MergeJob job, LayerStore store) throws IOException {
    return new VacuumEngine(job, OpenLayers.open(job, store));
  }

  public void run(RunSettings settings, boolean contentOnly, VacuumTally tally) throws IOException {
    MergeSelection selection =
        MergeSelection.of(job.privatePaths(), settings.excluded(), List.of());
    LayerCheck.upperWritable(layers.upper());
    try (WorkerThreads workers = new WorkerThreads(settings.workers())) {
      refuseProblems(
          UpperSurvey.of(layers.upper(), job.fit(), selection, layers.lowers(), false, workers));
      LayerChanges changes = new LayerChanges(settings.dryRun(), job.marks());
      IndexRelease.releaseBefore(job, layers, changes);
      syncLowers(changes);
      RedundantEntries redundancy = new RedundantEntries(layers.lowers(), contentOnly);
      DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
      RunCancellation cancellation =
          new RunCancellation(settings.cancelled(), layers.upper(), "vacuum");
      new VacuumWalk(changes, job.marks(), redundancy, tally, workers, cancellation)
          .cleanRoot(new VacuumLevel(layers.upper(), layers.lowers().root(), selection, times));
    }
  }

  private void refuseProblems(UpperSurvey survey) throws IOException {
    List<Problem> problems = new ArrayList<>(survey.firstProblems());
    LayerFit.work(layers.work()).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  /** A loss of power must not take what the view shows from now on: the upper had it safe. */
  private void syncLowers(LayerChanges changes) throws IOException {
    for (LayerDirectory lower : layers.lowers().root().directories()) {
      changes.syncDirectory(lower);
    }
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
