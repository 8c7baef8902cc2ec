package dev.overlays.merge.shared;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.Staging;
import dev.overlays.merge.run.Job;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Tally;
import dev.overlays.merge.run.Workers;
import dev.overlays.merge.survey.Renamed;
import dev.overlays.merge.survey.Survey;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.merge.whole.PullUp;
import dev.overlays.merge.whole.WholeFile;
import dev.overlays.merge.whole.Wholeness;
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
  private final Job job;
  private final LayerStore store;

  OtherUpper(OverlaySpec spec, LayerStore store) {
    this.job = Job.of(spec);
    this.store = store;
  }

  /** Refuses an upper with unknown marks, which might rely on the lower in an unknown way. */
  void check(Selection selection) throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store);
        Workers one = new Workers(1)) {
      List<Problem> problems =
          Survey.of(layers.upper(), job.fit(), selection, layers.lowers(), false, one).problems();
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
    }
  }

  /** Makes what its index shows in place of lower files independent of the lower. */
  void releaseIndex() throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store)) {
      IndexRelease.before(job, layers, new Changes(false, job.marks()));
    }
  }

  void makeWholeBefore(OverlaySpec changing) throws IOException {
    try (OpenLayers layers = OpenLayers.open(job, store);
        LayerDirectory other = store.open(changing.upper().orElseThrow());
        Staging staging = layers.staging(new Changes(false, job.marks()))) {
      Reliance reliance = new Reliance(other, job.marks());
      List<Renamed> touched = new ArrayList<>();
      Set<Place> places = new HashSet<>();
      Survey survey =
          Survey.withMetacopies(layers.upper(), job.fit(), layers.lowers(), reliance::isTouched);
      for (Renamed entry : survey.renamed()) {
        if (isIn(places, entry) || reliance.isTouched(entry)) {
          touched.add(entry);
          places.add(entry.path());
        }
      }
      if (!touched.isEmpty()) {
        Changes changes = new Changes(false, job.marks());
        DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
        MovedAway moved = new MovedAway(new Tally(null, null));
        boolean single = job.lowers().size() == 1 && job.dataLowers().isEmpty();
        new Wholeness(
                changes,
                times,
                layers.upper(),
                layers.lowers(),
                new PullUp(changes, job.marks(), staging, moved, false, single),
                new WholeFile(changes, job.marks(), times, staging, moved, false),
                true)
            .make(touched);
      }
    }
  }

  /**
   * Whether an entry is in a directory that is completed. After that its relative redirect would
   * lead nowhere.
   */
  private static boolean isIn(Set<Place> wholeDirectories, Renamed entry) {
    Place around = entry.path().parent();
    while (around != null && !wholeDirectories.contains(around)) {
      around = around.parent();
    }
    return around != null;
  }
}
