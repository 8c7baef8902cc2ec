package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.WorkerThreads;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has been found in an upper before anything is changed: how much there is, which marks need
 * work before the merge, and which are not understood. Keeps what was renamed, and nothing else, in
 * memory.
 */
public final class UpperSurvey {
  /** More than these do not help anybody. */
  private static final int ENOUGH = 20;

  private final List<Problem> problems = new CopyOnWriteArrayList<>();
  private final Queue<RenamedEntry> renamed = new ConcurrentLinkedQueue<>();
  private final KnownMarks marks;
  private final CopyNeeds needs;
  private final LongAdder entries = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile boolean protection;
  private volatile boolean links;

  private UpperSurvey(LayerRoots lowers) {
    marks = new KnownMarks(lowers.marks());
    needs = new CopyNeeds(lowers.marks());
  }

  /**
   * Makes a survey.
   *
   * @param fit what the options of the spec need of it
   * @param withSizes whether to ask each file how much it takes up
   */
  public static UpperSurvey of(
      LayerDirectory upper,
      LayerFit fit,
      MergeSelection selection,
      LayerRoots lowers,
      boolean withSizes,
      WorkerThreads workers)
      throws IOException {
    return of(upper, fit, selection, lowers, withSizes, file -> false, workers);
  }

  /**
   * Makes a survey that also tells of some metacopy files that were not renamed.
   *
   * @param fit what the options of the spec need of it
   * @param withSizes whether to ask each file how much it takes up
   */
  public static UpperSurvey of(
      LayerDirectory upper,
      LayerFit fit,
      MergeSelection selection,
      LayerRoots lowers,
      boolean withSizes,
      SurveyWalk.MetacopyFilter metacopies,
      WorkerThreads workers)
      throws IOException {
    UpperSurvey survey = new UpperSurvey(lowers);
    new SurveyWalk(survey, fit, lowers, withSizes, metacopies, workers)
        .surveyRoot(upper, selection);
    return survey;
  }

  /** Makes a survey that also tells of metacopy files that were not renamed. */
  public static UpperSurvey withMetacopies(
      LayerDirectory upper, LayerFit fit, LayerRoots lowers, SurveyWalk.MetacopyFilter metacopies)
      throws IOException {
    UpperSurvey survey = new UpperSurvey(lowers);
    try (WorkerThreads one = new WorkerThreads(1)) {
      new SurveyWalk(survey, fit, lowers, false, metacopies, one)
          .surveyRoot(upper, MergeSelection.ALL);
    }
    return survey;
  }

  void addFound(Problem problem) {
    problems.add(problem);
  }

  /** Whether there is no need to look further. */
  boolean hasEnough() {
    return problems.size() >= ENOUGH;
  }

  void addFound(RenamedEntry entry) {
    renamed.add(entry);
  }

  void countEntry() {
    entries.increment();
  }

  void countEntry(EntryStat stat) {
    links |= stat.links() > 1 && !stat.isDirectory() && !stat.isWhiteoutDevice();
    if (stat.type() == EntryType.FILE) {
      bytes.add(stat.allocated());
    }
  }

  /** What the entries ask of another file system; known of a survey with sizes. */
  public CopyNeeds copyNeeds() {
    return needs;
  }

  void linksSeen() {
    links = true;
  }

  void protectionSeen() {
    protection = true;
  }

  public List<Problem> firstProblems() {
    return problems;
  }

  /** What has a redirect; what is in a directory comes after it. */
  public List<RenamedEntry> renamedEntries() {
    return List.copyOf(renamed);
  }

  /** Which entries have extended attributes. */
  public KnownMarks knownMarks() {
    return marks;
  }

  /** Whether an entry shows as immutable or append-only. */
  public boolean hasProtection() {
    return protection;
  }

  /**
   * Whether an entry has a second name, or has had one that has gone into the lower as a copy; told
   * of a survey that asks for sizes only.
   */
  public boolean hasLinks() {
    return links;
  }

  public long entriesFound() {
    return entries.sum();
  }

  public long bytesFound() {
    return bytes.sum();
  }
}
