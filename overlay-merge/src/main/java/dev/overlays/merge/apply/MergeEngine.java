package dev.overlays.merge.apply;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.Staging;
import dev.overlays.merge.run.Cancellation;
import dev.overlays.merge.run.DisplaySize;
import dev.overlays.merge.run.Job;
import dev.overlays.merge.run.LayerCheck;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Settings;
import dev.overlays.merge.run.Tally;
import dev.overlays.merge.run.Workers;
import dev.overlays.merge.survey.CopyProbe;
import dev.overlays.merge.survey.OwnerCheck;
import dev.overlays.merge.survey.Survey;
import dev.overlays.merge.survey.SurveyWalk;
import dev.overlays.merge.survey.VerifiedMetacopies;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.merge.whole.PullUp;
import dev.overlays.merge.whole.WholeFile;
import dev.overlays.merge.whole.Wholeness;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** One merge over the open layers of one job: surveys, refuses, completes the upper, and merges. */
public final class MergeEngine implements Closeable {
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

  public static MergeEngine open(Job job, Settings settings, LayerStore store, Tally tally)
      throws IOException {
    return new MergeEngine(job, settings, OpenLayers.open(job, store), tally);
  }

  /** Throws if the layers cannot be merged; changes nothing. */
  public void check() throws IOException {
    boolean renames = LayerCheck.canRename(layers.upper(), layers.lower());
    try (Workers workers = new Workers(settings.workers())) {
      refuse(survey(renames, workers), renames);
    }
  }

  /** Merges layers that no other instance uses. */
  public void runAlone() throws IOException {
    run(OtherViews.IGNORED, LowerSharing.ALONE);
  }

  /**
   * Merges.
   *
   * @param others what other instances show, which decides what may be deleted
   * @param sharing whether inodes of the lower can be moved
   */
  public void run(OtherViews others, LowerSharing sharing) throws IOException {
    try (Workers workers = new Workers(settings.workers())) {
      run(others, sharing, workers);
    }
  }

  private void run(OtherViews others, LowerSharing sharing, Workers workers) throws IOException {
    boolean alone = sharing == LowerSharing.ALONE;
    boolean renames = LayerCheck.canRename(layers.upper(), layers.lower());
    Survey survey = survey(renames, workers);
    refuse(survey, renames);
    Changes changes = new Changes(settings.dryRun(), job.marks());
    DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
    boolean indexed = IndexRelease.isNeeded(job, layers);
    if (indexed && !settings.dryRun()) {
      boolean moves = renames && alone && !survey.renamed().isEmpty();
      new IndexRelease(job, layers, changes, times).run(moves);
      survey = survey(renames, workers);
      refuse(survey, renames);
    }
    // The kernel looks up an inode only once, so it must never have names in both layers.
    boolean links = indexed && renames && survey.hasLinks();
    tally.expect(survey.entries());
    if (settings.dryRun() || !renames) {
      tally.wantSizes();
    }
    // The kernel ignores this mark in a lower.
    boolean protects = survey.hasProtection() && !job.isLower();
    preview =
        new RenamedPreview(
            layers.lowers(), tally, settings.dryRun() ? survey.renamed() : List.of());
    EntryStat before = LayerEntries.present(layers.upper(), Name.SELF);
    before = times.remember(layers.upper(), Name.SELF, before);
    try (Staging staging = layers.staging(changes);
        Staging trash = layers.trash(changes)) {
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
              method(renames, protects || pulledProtection || links),
              pulledProtection || links ? null : survey.marks(),
              links,
              renames || settings.dryRun() ? null : LowerStaging.newName(),
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
    boolean indexed = IndexRelease.isNeeded(job, layers);
    SurveyWalk.Wanted metacopies =
        indexed && !settings.dryRun()
            ? new VerifiedMetacopies(layers.upper(), layers.lowers(), renames)
            : file -> false;
    return Survey.of(
        layers.upper(),
        job.fit(),
        selection,
        layers.lowers(),
        !renames || indexed,
        metacopies,
        workers);
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
      if (job.isLower() && !survey.renamed().isEmpty()) {
        LayerCheck.beside(layers.beside(), layers.upper()).ifPresent(problems::add);
      }
      problems.addAll(Wholeness.check(layers.upper(), job.marks(), survey.renamed()));
      problems.addAll(
          new OwnerCheck(layers.upper(), layers.lowers()).problems(selection, survey.renamed()));
    }
    if (!renames && problems.isEmpty()) {
      space(survey, problems);
      if (selection.takesEntry()) {
        EntryStat root = LayerEntries.present(layers.upper(), Name.SELF);
        survey.needs().add(layers.upper(), Name.SELF, root);
      }
      problems.addAll(CopyProbe.problems(layers.lower(), survey.needs()));
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private void space(Survey survey, List<Problem> problems) throws IOException {
    long free = layers.lower().freeSpace();
    boolean elsewhere =
        LayerEntries.present(layers.upper(), Name.SELF).device()
            != LayerEntries.present(layers.lower(), Name.SELF).device();
    if (elsewhere && survey.bytes() > free) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_NO_SPACE,
              LayerEntries.path(layers.lower(), Name.SELF),
              "The files of the upper may take up to "
                  + DisplaySize.of(survey.bytes(), RoundingMode.UP)
                  + " here, and there are "
                  + DisplaySize.of(free, RoundingMode.DOWN)
                  + " left.",
              "Free some space, or merge in parts, with only or exclude."));
    }
  }

  /**
   * Pulls up what renamed entries show of the lower. Copies, instead of moving, what other
   * instances may still show. Returns whether an entry has got a mark that the survey has not seen.
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
    WholeFile files = new WholeFile(changes, job.marks(), times, staging, moved, mayTake);
    new Wholeness(changes, times, layers.upper(), layers.lowers(), pull, files, false)
        .make(survey.renamed());
    if (pull.hasCrossed() || files.hasCrossed()) {
      // The copies have to be durable before the lower loses the originals.
      changes.sync(layers.upper());
    }
    return pull.protects();
  }

  private void walk(Run run, Staging staging, Staging trash, OtherViews others, EntryStat before)
      throws IOException {
    LowerRemoval removal = new LowerRemoval(run, run.workers().areSeveral() ? trash : null);
    MergeWalk walk = walk(run, removal, staging);
    Level root = root(run, others);
    merge(run, walk, root);
    walk.finish(root, before);
  }

  private void copy(Run run, OtherViews others, EntryStat before) throws IOException {
    MergeWalk walk;
    Level root = root(run, others);
    try (Staging staging = LowerStaging.open(layers.upper(), layers.lower(), run.staging())) {
      staging.clear();
      // The whiteout and the completed entries have to be durable before the lower changes.
      run.changes().sync(layers.upper());
      walk = walk(run, new LowerRemoval(run, null), staging);
      merge(run, walk, root);
    }
    walk.finish(root, before);
    LowerStaging.forget(layers.upper(), run.staging());
  }

  private static void merge(Run run, MergeWalk walk, Level root) throws IOException {
    try {
      run.workers().run(walk.roots(root));
    } catch (IOException | RuntimeException | Error e) {
      try {
        root.crossing().close(root, run);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private MergeWalk walk(Run run, LowerRemoval removal, Staging staging) {
    LinkedCopies links = new LinkedCopies(run, layers.lower(), staging);
    return new MergeWalk(run, removal, new LeafCopy(run, staging, links), preview);
  }

  private Level root(Run run, OtherViews others) throws IOException {
    return new Level(
        layers.upper(),
        layers.lower(),
        layers.lowers().belowFirst(),
        selection,
        others,
        Place.ROOT,
        false,
        job.marks(),
        Crossing.ofRoots(layers.upper(), layers.lower(), run));
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
