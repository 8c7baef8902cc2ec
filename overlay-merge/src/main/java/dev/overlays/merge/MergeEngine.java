package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerFit;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** One run over the open layers of one job: looks, refuses, makes whole, merges. */
final class MergeEngine implements Closeable {
  static final Name STAGING = Name.of("overlays-staging");
  static final Name TRASH = Name.of("overlays-trash");

  private final Job job;
  private final Settings settings;
  private final OpenLayers layers;
  private final Tally tally;
  private final Selection selection;
  private RenamedPreview preview;

  private MergeEngine(Job job, Settings settings, OpenLayers layers, Tally tally) {
    this.job = job;
    this.settings = settings;
    this.layers = layers;
    this.tally = tally;
    selection = Selection.of(job.privatePaths(), settings.excluded(), settings.only());
  }

  static MergeEngine open(Job job, Settings settings, LayerStore store, Tally tally)
      throws IOException {
    return new MergeEngine(job, settings, OpenLayers.open(job, store), tally);
  }

  /** Refuses what cannot be merged; changes nothing. */
  void check() throws IOException {
    boolean renames = LayerCheck.canRename(layers.upper(), layers.lower());
    try (Workers workers = new Workers(settings.workers())) {
      refuse(survey(renames, workers), renames);
    }
  }

  /**
   * Merges.
   *
   * @param others what other instances have decides what may be deleted, unless it is null
   * @param alone whether no other instance may have files that were copied up from the lower: the
   *     kernel finds these by their inodes, which are not to be moved then
   */
  void run(Others others, boolean alone) throws IOException {
    try (Workers workers = new Workers(settings.workers())) {
      run(others, alone, workers);
    }
  }

  private void run(Others others, boolean alone, Workers workers) throws IOException {
    boolean renames = LayerCheck.canRename(layers.upper(), layers.lower());
    Survey survey = survey(renames, workers);
    refuse(survey, renames);
    Changes changes = new Changes(settings.dryRun(), job.marks());
    DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
    if (!settings.dryRun() && index(changes, times)) {
      survey = survey(renames, workers);
      refuse(survey, renames);
    }
    tally.expect(survey.entries());
    if (settings.dryRun() || !renames) {
      tally.wantSizes();
    }
    // The kernel ignores the mark for it in a lower.
    boolean protects = survey.hasProtection() && !job.isLower();
    preview =
        new RenamedPreview(
            layers.lowers(), tally, settings.dryRun() ? survey.renamed() : List.of());
    EntryStat before = LayerEntries.present(layers.upper(), Name.SELF);
    before = times.remember(layers.upper(), Name.SELF, before);
    try (Staging staging = new Staging(layers.beside(), STAGING);
        Staging trash = new Staging(layers.beside(), TRASH)) {
      boolean pulledProtection = false;
      if (!settings.dryRun()) {
        staging.clear();
        trash.clear();
        pulledProtection = whole(survey, changes, times, staging, renames && alone);
      }
      Run run =
          new Run(
              changes,
              job.marks(),
              tally,
              workers,
              new Cancellation(settings.cancelled(), layers.upper(), "merge"),
              times,
              method(renames, protects || pulledProtection),
              pulledProtection ? null : survey.marks(),
              protects || pulledProtection);
      if (renames || settings.dryRun()) {
        walk(run, staging, trash, others, before);
      } else {
        copy(run, others, before);
      }
    }
    times.restore(layers.upper(), Name.SELF, before);
  }

  private Survey survey(boolean renames, Workers workers) throws IOException {
    return Survey.of(layers.upper(), job.fit(), selection, layers.lowers(), !renames, workers);
  }

  private static Run.Method method(boolean renames, boolean protects) {
    if (!renames) {
      return Run.Method.COPIES;
    }
    return protects ? Run.Method.SINGLE_RENAMES : Run.Method.RENAMES;
  }

  private void refuse(Survey survey, boolean renames) throws IOException {
    List<Problem> problems = new ArrayList<>(survey.problems());
    LayerFit.work(layers.work()).ifPresent(problems::add);
    if (problems.isEmpty()) {
      problems.addAll(Wholeness.check(layers.upper(), job.marks(), survey.renamed()));
    }
    if (!renames && problems.isEmpty()) {
      space(survey, problems);
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private void space(Survey survey, List<Problem> problems) throws IOException {
    long free = layers.lower().freeSpace();
    if (survey.bytes() > free) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_NO_SPACE,
              LayerEntries.path(layers.lower(), Name.SELF),
              "The files of the upper may take up to "
                  + FileUtils.byteCountToDisplaySize(survey.bytes())
                  + " here, and there are "
                  + FileUtils.byteCountToDisplaySize(free)
                  + " left.",
              "Free some space, or merge in parts, with only or exclude."));
    }
  }

  /** Makes the upper independent of an index, and tells whether there is one. */
  private boolean index(Changes changes, DirectoryTimes times) throws IOException {
    try (Index index = Index.open(layers.work());
        Staging staging = new Staging(layers.beside(), STAGING)) {
      if (index != null) {
        staging.clear();
        PullUp pull = new PullUp(changes, job.marks(), staging, new MovedAway(tally), false, false);
        new IndexedLinks(times, layers.lowers(), pull, index).make(layers.upper());
        index.clear();
      }
      return index != null;
    }
  }

  /**
   * Makes the upper whole. What other instances may still show is not taken out of the lower, but
   * copied. Tells whether something has got a mark that the survey has not seen.
   */
  private boolean whole(
      Survey survey, Changes changes, DirectoryTimes times, Staging staging, boolean mayTake)
      throws IOException {
    if (survey.renamed().isEmpty()) {
      return false;
    }
    boolean single = job.lowers().size() == 1 && job.dataLowers().isEmpty();
    MovedAway moved = new MovedAway(tally);
    PullUp pull = new PullUp(changes, job.marks(), staging, moved, mayTake, single);
    new Wholeness(
            changes,
            times,
            layers.upper(),
            layers.lowers(),
            pull,
            new WholeFile(changes, job.marks(), times, staging, moved, mayTake),
            false)
        .make(survey.renamed());
    return pull.protects();
  }

  private void walk(Run run, Staging staging, Staging trash, Others others, EntryStat before)
      throws IOException {
    LowerRemoval removal = new LowerRemoval(run, run.workers().areSeveral() ? trash : null);
    MergeWalk walk = walk(run, removal, staging);
    Level root = root(others);
    run.workers()
        .run(
            () -> {
              walk.roots(root);
              return true;
            });
    walk.finish(root, before);
  }

  private void copy(Run run, Others others, EntryStat before) throws IOException {
    MergeWalk walk;
    Level root = root(others);
    try (Staging staging = LowerStaging.open(layers.upper(), layers.lower())) {
      staging.clear();
      // From here on the lower relies on what hides it, and on what has been made whole.
      run.changes().sync(layers.upper());
      MergeWalk now = walk(run, new LowerRemoval(run, null), staging);
      walk = now;
      run.workers()
          .run(
              () -> {
                now.roots(root);
                return true;
              });
    }
    walk.finish(root, before);
    LowerStaging.forget(layers.upper());
  }

  private MergeWalk walk(Run run, LowerRemoval removal, Staging staging) {
    LinkedCopies links = new LinkedCopies(run, layers.lower());
    return new MergeWalk(run, removal, new LeafCopy(run, staging, links), preview);
  }

  private Level root(Others others) {
    return new Level(
        layers.upper(),
        layers.lower(),
        layers.lowers().belowFirst(),
        selection,
        others,
        Place.ROOT,
        false,
        job.marks());
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
