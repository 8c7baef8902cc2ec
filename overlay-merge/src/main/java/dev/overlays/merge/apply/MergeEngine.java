package dev.overlays.merge.apply;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.DisplaySize;
import dev.overlays.merge.run.LayerCheck;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.RunCancellation;
import dev.overlays.merge.run.RunSettings;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.run.WorkerThreads;
import dev.overlays.merge.survey.CopyProbe;
import dev.overlays.merge.survey.OwnerCheck;
import dev.overlays.merge.survey.SurveyWalk;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.merge.survey.VerifiedMetacopies;
import dev.overlays.merge.whole.CompleteUpper;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.merge.whole.PullUp;
import dev.overlays.merge.whole.WholeFile;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** One run over the open layers of one job: looks, refuses, makes whole, merges. */
public final class MergeEngine implements Closeable {
  private final MergeJob job;
  private final RunSettings settings;
  private final OpenLayers layers;
  private final MergeTally tally;
  private final MergeSelection selection;
  private RenamedPreview preview;

  private MergeEngine(MergeJob job, RunSettings settings, OpenLayers layers, MergeTally tally) {
    this.job = job;
    this.settings = settings;
    this.layers = layers;
    this.tally = tally;
    selection = MergeSelection.of(job.privatePaths(), settings.excluded(), settings.only());
  }

  public static MergeEngine open(
      MergeJob job, RunSettings settings, LayerStore store, MergeTally tally) throws IOException {
    return new MergeEngine(job, settings, OpenLayers.open(job, store), tally);
  }

  /** Refuses what cannot be merged; changes nothing. */
  public void checkLayers() throws IOException {
    boolean renames = LayerCheck.canRename(layers.upper(), layers.firstLower());
    try (WorkerThreads workers = new WorkerThreads(settings.workers())) {
      refuseProblems(surveyUpper(renames, workers), renames);
    }
  }

  /**
   * Merges.
   *
   * @param others what other instances have decides what may be deleted, unless it is null
   * @param alone whether no other instance may have files that were copied up from the lower: the
   *     kernel finds these by their inodes, which are not to be moved then
   */
  public void run(OtherViews others, boolean alone) throws IOException {
    try (WorkerThreads workers = new WorkerThreads(settings.workers())) {
      run(others, alone, workers);
    }
  }

  private void run(OtherViews others, boolean alone, WorkerThreads workers) throws IOException {
    boolean renames = LayerCheck.canRename(layers.upper(), layers.firstLower());
    UpperSurvey survey = surveyUpper(renames, workers);
    refuseProblems(survey, renames);
    LayerChanges changes = new LayerChanges(settings.dryRun(), job.marks());
    DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
    boolean indexed = IndexRelease.isNeeded(job, layers);
    if (indexed && !settings.dryRun()) {
      boolean moves = renames && alone && !survey.renamedEntries().isEmpty();
      new IndexRelease(job, layers, changes, times).run(moves);
      survey = surveyUpper(renames, workers);
      refuseProblems(survey, renames);
    }
    // The kernel looks for an inode only once: it must never have names in both layers.
    boolean links = indexed && renames && survey.hasLinks();
    tally.expectEntries(survey.entriesFound());
    if (settings.dryRun() || !renames) {
      tally.wantSizes();
    }
    // The kernel ignores the mark for it in a lower.
    boolean protects = survey.hasProtection() && !job.isLower();
    preview =
        new RenamedPreview(
            layers.lowers(), tally, settings.dryRun() ? survey.renamedEntries() : List.of());
    EntryStat before = LayerEntries.present(layers.upper(), Name.SELF);
    before = times.rememberTime(layers.upper(), Name.SELF, before);
    try (StagingDirectory staging = layers.stagingDirectory(changes);
        StagingDirectory trash = layers.trashDirectory(changes)) {
      boolean pulledProtection = false;
      if (!settings.dryRun()) {
        staging.clearLeftovers();
        trash.clearLeftovers();
        pulledProtection = makeWhole(survey, changes, times, staging, renames && alone);
      }
      MergeRun run =
          new MergeRun(
              changes,
              job.marks(),
              tally,
              workers,
              new RunCancellation(settings.cancelled(), layers.upper(), "merge"),
              times,
              crossingMethod(renames, protects || pulledProtection || links),
              pulledProtection || links ? null : survey.knownMarks(),
              links,
              renames || settings.dryRun() ? null : LowerStaging.newName(),
              protects || pulledProtection);
      if (renames || settings.dryRun()) {
        walkUpper(run, staging, trash, others, before);
      } else {
        copyUpper(run, others, before);
      }
    }
    times.restoreTime(layers.upper(), Name.SELF, before);
  }

  private UpperSurvey surveyUpper(boolean renames, WorkerThreads workers) throws IOException {
    boolean indexed = IndexRelease.isNeeded(job, layers);
    SurveyWalk.MetacopyFilter metacopies =
        indexed && !settings.dryRun()
            ? new VerifiedMetacopies(layers.upper(), layers.lowers(), renames)
            : file -> false;
    return UpperSurvey.of(
        layers.upper(),
        job.fit(),
        selection,
        layers.lowers(),
        !renames || indexed,
        metacopies,
        workers);
  }

  private static MergeRun.CrossingMethod crossingMethod(boolean renames, boolean protects) {
    if (!renames) {
      return MergeRun.CrossingMethod.COPIES;
    }
    return protects ? MergeRun.CrossingMethod.SINGLE_RENAMES : MergeRun.CrossingMethod.RENAMES;
  }

  private void refuseProblems(UpperSurvey survey, boolean renames) throws IOException {
    List<Problem> problems = new ArrayList<>(survey.firstProblems());
    LayerFit.work(layers.work()).ifPresent(problems::add);
    if (problems.isEmpty()) {
      if (job.isLower() && !survey.renamedEntries().isEmpty()) {
        LayerCheck.checkBeside(layers.beside(), layers.upper()).ifPresent(problems::add);
      }
      problems.addAll(
          CompleteUpper.checkRenamed(layers.upper(), job.marks(), survey.renamedEntries()));
      problems.addAll(
          new OwnerCheck(layers.upper(), layers.lowers())
              .findProblems(selection, survey.renamedEntries()));
    }
    if (!renames && problems.isEmpty()) {
      checkSpace(survey, problems);
      if (selection.takesEntry()) {
        EntryStat root = LayerEntries.present(layers.upper(), Name.SELF);
        survey.copyNeeds().addEntry(layers.upper(), Name.SELF, root);
      }
      problems.addAll(CopyProbe.findProblems(layers.firstLower(), survey.copyNeeds()));
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private void checkSpace(UpperSurvey survey, List<Problem> problems) throws IOException {
    long free = layers.firstLower().freeSpace();
    boolean elsewhere =
        LayerEntries.present(layers.upper(), Name.SELF).device()
            != LayerEntries.present(layers.firstLower(), Name.SELF).device();
    if (elsewhere && survey.bytesFound() > free) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_NO_SPACE,
              LayerEntries.path(layers.firstLower(), Name.SELF),
              "The files of the upper may take up to "
                  + DisplaySize.of(survey.bytesFound(), RoundingMode.UP)
                  + " here, and there are "
                  + DisplaySize.of(free, RoundingMode.DOWN)
                  + " left.",
              "Free some space, or merge in parts, with only or exclude."));
    }
  }

  /**
   * Makes the upper whole. What other instances may still show is not taken out of the lower, but
   * copied. Tells whether something has got a mark that the survey has not seen.
   */
  private boolean makeWhole(
      UpperSurvey survey,
      LayerChanges changes,
      DirectoryTimes times,
      StagingDirectory staging,
      boolean mayTake)
      throws IOException {
    if (survey.renamedEntries().isEmpty()) {
      return false;
    }
    boolean single = job.lowers().size() == 1 && job.dataLowers().isEmpty();
    MovedAway moved = new MovedAway(tally);
    PullUp pull = new PullUp(changes, job.marks(), staging, moved, mayTake, single);
    WholeFile files = new WholeFile(changes, job.marks(), times, staging, moved, mayTake);
    new CompleteUpper(changes, times, layers.upper(), layers.lowers(), pull, files, false)
        .completeAll(survey.renamedEntries());
    if (pull.hasCrossed() || files.hasCrossed()) {
      // What is copied here the lower is about to lose.
      changes.syncDirectory(layers.upper());
    }
    return pull.protectsEntries();
  }

  private void walkUpper(
      MergeRun run,
      StagingDirectory staging,
      StagingDirectory trash,
      OtherViews others,
      EntryStat before)
      throws IOException {
    LowerRemoval removal = new LowerRemoval(run, run.workers().areSeveral() ? trash : null);
    MergeWalk walk = walkUpper(run, removal, staging);
    MergeLevel root = rootLevel(run, others);
    mergeRoot(run, walk, root);
    walk.finishRoot(root, before);
  }

  private void copyUpper(MergeRun run, OtherViews others, EntryStat before) throws IOException {
    MergeWalk walk;
    MergeLevel root = rootLevel(run, others);
    try (StagingDirectory staging =
        LowerStaging.open(layers.upper(), layers.firstLower(), run.staging())) {
      staging.clearLeftovers();
      // From here on the lower relies on what hides it, and on what has been made whole.
      run.changes().syncDirectory(layers.upper());
      walk = walkUpper(run, new LowerRemoval(run, null), staging);
      mergeRoot(run, walk, root);
    }
    walk.finishRoot(root, before);
    LowerStaging.forgetTime(layers.upper(), run.staging());
  }

  private static void mergeRoot(MergeRun run, MergeWalk walk, MergeLevel root) throws IOException {
    try {
      run.workers().run(walk.mergeRoots(root));
    } catch (IOException | RuntimeException | Error e) {
      try {
        root.crossing().close(root, run);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private MergeWalk walkUpper(MergeRun run, LowerRemoval removal, StagingDirectory staging) {
    LinkedCopies links = new LinkedCopies(run, layers.firstLower(), staging);
    return new MergeWalk(run, removal, new LeafCopy(run, staging, links), preview);
  }

  private MergeLevel rootLevel(MergeRun run, OtherViews others) throws IOException {
    return new MergeLevel(
        layers.upper(),
        layers.firstLower(),
        layers.lowers().belowFirst(),
        selection,
        others,
        ViewPlace.ROOT,
        false,
        job.marks(),
        LayerCrossing.ofRoots(layers.upper(), layers.firstLower(), run));
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
