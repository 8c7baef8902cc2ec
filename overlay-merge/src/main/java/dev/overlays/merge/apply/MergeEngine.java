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
import dev.overlays.merge.change.MovedEntryCounter;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.CancellationCheck;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.LayerProbe;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.WorkerPool;
import dev.overlays.merge.survey.CopyProbe;
import dev.overlays.merge.survey.IndexedMetacopies;
import dev.overlays.merge.survey.OwnerCheck;
import dev.overlays.merge.survey.SurveyWalk;
import dev.overlays.merge.survey.UpperSurvey;
import dev.overlays.merge.text.ByteSize;
import dev.overlays.merge.whole.IndexRelease;
import dev.overlays.merge.whole.LowerPullUp;
import dev.overlays.merge.whole.MetacopyCompletion;
import dev.overlays.merge.whole.UpperCompletion;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** One merge over the open layers of one job: surveys, refuses, completes the upper, and merges. */
public final class MergeEngine implements Closeable {
  private final LayerJob job;
  private final MergeSettings settings;
  private final OpenLayers layers;
  private final MergeTally tally;
  private final EntrySelection selection;
  private RenamedPreview preview;

  private MergeEngine(LayerJob job, MergeSettings settings, OpenLayers layers, MergeTally tally) {
    this.job = job;
    this.settings = settings;
    this.layers = layers;
    this.tally = tally;
    selection = EntrySelection.of(job.privatePaths(), settings.excluded(), settings.only());
  }

  public static MergeEngine open(
      LayerJob job, MergeSettings settings, LayerStore store, MergeTally tally) throws IOException {
    return new MergeEngine(job, settings, OpenLayers.open(job, store), tally);
  }

  /** Throws if the layers cannot be merged; changes nothing. */
  public void refuseUnmergeable() throws IOException {
    boolean renames = LayerProbe.canRename(layers.upper(), layers.firstLower());
    try (WorkerPool workers = new WorkerPool(settings.workers())) {
      refuseProblems(surveyUpper(renames, workers), renames);
    }
  }

  /** Merges layers that no other instance uses. */
  public void runAlone() throws IOException {
    run(OtherInstanceViews.IGNORED, LowerSharing.ALONE);
  }

  /**
   * Merges.
   *
   * @param others what other instances show, which decides what may be deleted
   * @param sharing whether inodes of the lower can be moved
   */
  public void run(OtherInstanceViews others, LowerSharing sharing) throws IOException {
    try (WorkerPool workers = new WorkerPool(settings.workers())) {
      run(others, sharing, workers);
    }
  }

  private void run(OtherInstanceViews others, LowerSharing sharing, WorkerPool workers)
      throws IOException {
    boolean alone = sharing == LowerSharing.ALONE;
    boolean renames = LayerProbe.canRename(layers.upper(), layers.firstLower());
    UpperSurvey survey = surveyUpper(renames, workers);
    refuseProblems(survey, renames);
    // The survey may have taken long.
    settings.claim().requireClaimed();
    LayerChanges changes = new LayerChanges(settings.dryRun(), job.marks());
    DirectoryTimes times = new DirectoryTimes(changes, job.marks(), layers.lastMount());
    boolean indexed = IndexRelease.isNeeded(job, layers);
    if (indexed && !settings.dryRun()) {
      boolean moves = renames && alone && !survey.renamedEntries().isEmpty();
      new IndexRelease(job, layers, changes, times).run(moves);
      survey = surveyUpper(renames, workers);
      refuseProblems(survey, renames);
    }
    // The kernel looks up an inode only once, so it must never have names in both layers.
    boolean links = indexed && renames && survey.hasLinks();
    tally.expectEntries(survey.entryCount());
    if (settings.dryRun() || !renames) {
      tally.requestSizes();
    }
    // The kernel ignores this mark in a lower.
    boolean protects = survey.hasProtection() && !job.foldsLower();
    preview =
        new RenamedPreview(
            layers.lowers(), tally, settings.dryRun() ? survey.renamedEntries() : List.of());
    EntryStat before = LayerEntries.requireStat(layers.upper(), Name.SELF);
    before = times.rememberTime(layers.upper(), Name.SELF, before);
    try (StagingDirectory staging = layers.createStaging(changes);
        StagingDirectory trash = layers.createTrash(changes)) {
      boolean pulledProtection = false;
      if (!settings.dryRun()) {
        staging.removeLeftover();
        trash.removeLeftover();
        pulledProtection = pullUpRenamed(survey, changes, times, staging, renames && alone);
      }
      MergeRun run =
          new MergeRun(
              changes,
              job.marks(),
              tally,
              workers,
              new CancellationCheck(
                  settings.cancelled(), settings.claim(), layers.upper(), "merge"),
              times,
              chooseMethod(renames, protects || pulledProtection || links),
              knowsMarks(survey, renames, pulledProtection || links) ? survey.knownMarks() : null,
              links,
              renames || settings.dryRun() ? null : LowerStaging.newName(),
              protects || pulledProtection);
      if (renames || settings.dryRun()) {
        mergeByRenames(run, staging, trash, others, before);
      } else {
        mergeByCopies(run, others, before);
      }
    }
    times.restoreTime(layers.upper(), Name.SELF, before);
  }

  /**
   * Whether what the survey knows about extended attributes still holds. A pulled up entry may have
   * some: they do not matter to a rename, but to a copy.
   */
  private static boolean knowsMarks(UpperSurvey survey, boolean renames, boolean changed) {
    return !changed && (renames || survey.renamedEntries().isEmpty());
  }

  private UpperSurvey surveyUpper(boolean renames, WorkerPool workers) throws IOException {
    boolean indexed = IndexRelease.isNeeded(job, layers);
    SurveyWalk.MetacopyFilter metacopies =
        indexed && !settings.dryRun()
            ? new IndexedMetacopies(layers.upper(), layers.lowers(), renames)
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

  private static MergeRun.TransferMethod chooseMethod(boolean renames, boolean protects) {
    if (!renames) {
      return MergeRun.TransferMethod.COPIES;
    }
    return protects ? MergeRun.TransferMethod.SINGLE_RENAMES : MergeRun.TransferMethod.RENAMES;
  }

  private void refuseProblems(UpperSurvey survey, boolean renames) throws IOException {
    List<Problem> problems = new ArrayList<>(survey.firstProblems());
    LayerFit.problemOfWork(layers.work()).ifPresent(problems::add);
    if (problems.isEmpty()) {
      if (job.foldsLower() && !survey.renamedEntries().isEmpty()) {
        LayerProbe.besideProblem(layers.beside(), layers.upper()).ifPresent(problems::add);
      }
      problems.addAll(
          UpperCompletion.findProblems(layers.upper(), job.marks(), survey.renamedEntries()));
      problems.addAll(
          new OwnerCheck(layers.upper(), layers.lowers())
              .findProblems(selection, survey.renamedEntries()));
    }
    if (!renames && problems.isEmpty()) {
      checkSpace(survey, problems);
      if (selection.takesEntry()) {
        EntryStat root = LayerEntries.requireStat(layers.upper(), Name.SELF);
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
        LayerEntries.requireStat(layers.upper(), Name.SELF).device()
            != LayerEntries.requireStat(layers.firstLower(), Name.SELF).device();
    if (elsewhere && survey.byteCount() > free) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_NO_SPACE,
              LayerEntries.pathOf(layers.firstLower(), Name.SELF),
              "The files of the upper may take up to "
                  + ByteSize.format(survey.byteCount(), RoundingMode.UP)
                  + " here, and there are "
                  + ByteSize.format(free, RoundingMode.DOWN)
                  + " left.",
              "Free some space, or merge in parts, with only or exclude."));
    }
  }

  /**
   * Pulls up what renamed entries show of the lower. Copies, instead of moving, what other
   * instances may still show. Returns whether an entry has got a mark that the survey has not seen.
   */
  private boolean pullUpRenamed(
      UpperSurvey survey,
      LayerChanges changes,
      DirectoryTimes times,
      StagingDirectory staging,
      boolean mayTake)
      throws IOException {
    if (survey.renamedEntries().isEmpty()) {
      return false;
    }
    // What a lower has kept of the marks for protection from when it was an upper would count again
    // in a directory that is moved as a whole.
    boolean single =
        job.lowers().size() == 1 && job.dataLowers().isEmpty() && !survey.hasProtection();
    MovedEntryCounter moved = new MovedEntryCounter(tally);
    LowerPullUp pull = new LowerPullUp(changes, job.marks(), staging, moved, mayTake, single);
    MetacopyCompletion files =
        new MetacopyCompletion(changes, job.marks(), times, staging, moved, mayTake);
    new UpperCompletion(changes, times, layers.upper(), layers.lowers(), pull, files, false)
        .completeEntries(survey.renamedEntries());
    if (pull.hasCrossed() || files.hasCrossed()) {
      // The copies have to be durable before the lower loses the originals.
      changes.syncFileSystem(layers.upper());
    }
    return pull.hasProtected();
  }

  private void mergeByRenames(
      MergeRun run,
      StagingDirectory staging,
      StagingDirectory trash,
      OtherInstanceViews others,
      EntryStat before)
      throws IOException {
    LowerRemoval removal = new LowerRemoval(run, run.workers().hasSeveral() ? trash : null);
    MergeWalk walk = createWalk(run, removal, staging);
    MergeLevel root = rootLevel(run, others);
    runWalk(run, walk, root);
    walk.mergeRoots(root, before);
  }

  private void mergeByCopies(MergeRun run, OtherInstanceViews others, EntryStat before)
      throws IOException {
    MergeLevel root = rootLevel(run, others);
    LowerSyncQueue queue = root.transfer().syncQueue();
    try (queue) {
      mergeByCopies(run, root, before);
    }
  }

  private void mergeByCopies(MergeRun run, MergeLevel root, EntryStat before) throws IOException {
    MergeWalk walk;
    try (StagingDirectory staging =
        LowerStaging.openHidden(layers.upper(), layers.firstLower(), run.staging())) {
      staging.removeLeftover();
      // The whiteout and the completed entries have to be durable before the lower changes.
      run.changes().syncFileSystem(layers.upper());
      walk = createWalk(run, new LowerRemoval(run, null), staging);
      runWalk(run, walk, root);
    }
    walk.mergeRoots(root, before);
    LowerStaging.stopHiding(layers.upper(), run.staging());
  }

  private static void runWalk(MergeRun run, MergeWalk walk, MergeLevel root) throws IOException {
    try {
      run.workers().run(walk.rootStep(root));
    } catch (IOException | RuntimeException | Error e) {
      try {
        root.transfer().removeStaging(root, run);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private MergeWalk createWalk(MergeRun run, LowerRemoval removal, StagingDirectory staging) {
    LinkedCopies links = new LinkedCopies(run, layers.firstLower(), staging);
    return new MergeWalk(run, removal, new LeafCopy(run, staging, links), preview);
  }

  private MergeLevel rootLevel(MergeRun run, OtherInstanceViews others) throws IOException {
    return new MergeLevel(
        layers.upper(),
        layers.firstLower(),
        layers.lowers().mergedBelowFirst(),
        selection,
        others,
        TreePlace.ROOT,
        false,
        job.marks(),
        EntryTransfer.ofRoots(layers.upper(), layers.firstLower(), run));
  }

  @Override
  public void close() throws IOException {
    layers.close();
  }
}
