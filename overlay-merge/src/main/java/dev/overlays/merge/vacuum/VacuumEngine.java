package dev.overlays.merge.vacuum;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.Cancellation;
import dev.overlays.merge.run.Job;
import dev.overlays.merge.run.LayerCheck;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Settings;
import dev.overlays.merge.run.Workers;
import dev.overlays.merge.survey.Survey;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One vacuum over the open layers of one job: surveys, refuses, and removes. */
public final class VacuumEngine implements Closeable {
  private final Job job;
  private final OpenLayers layers;

  private VacuumEngine(Job job, OpenLayers layers) {
    this.job = job;
    this.layers = layers;
  }

  public static VacuumEngine open(Job job, LayerStore store) throws IOException {
    return new VacuumEngine(job, OpenLayers.open(job, store));
  }

  public void run(Settings settings, boolean contentOnly, VacuumTally tally) throws IOException {
    Selection selection = Selection.of(job.privatePaths(), settings.excluded(), List.of());
    LayerCheck.upperWritable(layers.upper());
    try (Workers workers = new Workers(settings.workers())) {
      refuse(Survey.of(layers.upper(), job.fit(), selection, layers.lowers(), false, workers));
      Changes changes = new Changes(settings.dryRun(), job.marks());
      IndexRelease.before(job, layers, changes);
      syncLowers(changes);
      Redundancy redundancy = new Redundancy(layers.lowers(), contentOnly);
      DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
      Cancellation cancellation = new Cancellation(settings.cancelled(), layers.upper(), "vacuum");
      new VacuumWalk(changes, job.marks(), redundancy, tally, workers, cancellation)
          .root(new VacuumLevel(layers.upper(), layers.lowers().root(), selection, times));
    }
  }

  private void refuse(Survey survey) throws IOException {
    List<Problem> problems = new ArrayList<>(survey.problems());
    LayerFit.work(layers.work()).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  /** Makes the lowers durable, since the view relies on them once the upper's entries are gone. */
  private void syncLowers(Changes changes) throws IOException {
    for (LayerDirectory lower : layers.lowers().root().directories()) {
      changes.sync(lower);
    }
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
