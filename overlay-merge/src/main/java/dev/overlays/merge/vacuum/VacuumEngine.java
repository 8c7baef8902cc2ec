package dev.overlays.merge.vacuum;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.CancellationCheck;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.LayerProbe;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.run.WorkerPool;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One vacuum over the open layers of one job: surveys, refuses, and removes. */
public final class VacuumEngine implements Closeable {
  private final LayerJob job;
  private final OpenLayers layers;

  private VacuumEngine(LayerJob job, OpenLayers layers) {
    this.job = job;
    this.layers = layers;
  }

  public static VacuumEngine open(LayerJob job, LayerStore store) throws IOException {
    return new VacuumEngine(job, OpenLayers.open(job, store));
  }

  public void run(MergeSettings settings, boolean ignoresAttributes, VacuumTally tally)
      throws IOException {
    EntrySelection selection =
        EntrySelection.of(job.privatePaths(), settings.excluded(), List.of());
    LayerProbe.requireUpperWritable(layers.upper());
    try (WorkerPool workers = new WorkerPool(settings.workers())) {
      refuseProblems(
          UpperSurvey.of(layers.upper(), job.fit(), selection, layers.lowers(), false, workers));
      LayerChanges changes = new LayerChanges(settings.dryRun(), job.marks());
      IndexRelease.releaseBefore(job, layers, changes);
      syncLowers(changes);
      RedundancyCheck redundancy = new RedundancyCheck(layers.lowers(), ignoresAttributes);
      DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
      CancellationCheck cancellation =
          new CancellationCheck(settings.cancelled(), settings.claim(), layers.upper(), "vacuum");
      new VacuumWalk(changes, job.marks(), redundancy, tally, workers, cancellation)
          .cleanUpper(
              new VacuumLevel(layers.upper(), layers.lowers().mergedRoot(), selection, times));
    }
  }

  private void refuseProblems(UpperSurvey survey) throws IOException {
    List<Problem> problems = new ArrayList<>(survey.firstProblems());
    LayerFit.problemOfWork(layers.work()).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  /** Makes the lowers durable, since the view relies on them once the upper's entries are gone. */
  private void syncLowers(LayerChanges changes) throws IOException {
    for (LayerDirectory lower : layers.lowers().mergedRoot().mergedDirectories()) {
      changes.syncFileSystem(lower);
    }
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
