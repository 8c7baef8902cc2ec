package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.WorkerPool;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is known about an upper before anything is changed: how much there is, which marks need work
 * before the merge, and which are unknown. Keeps only the renamed entries in memory.
 */
public final class UpperSurvey {
  /** The survey ends at so many problems. */
  private static final int MOST_PROBLEMS = 20;

  private final List<Problem> problems = new CopyOnWriteArrayList<>();
  private final Queue<RenamedEntry> renamed = new ConcurrentLinkedQueue<>();
  private final KnownMarks marks;
  private final CopyNeeds needs;
  private final LongAdder entries = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile boolean hasProtection;
  private volatile boolean hasLinks;

  private UpperSurvey(LayerRoots lowers) {
    marks = new KnownMarks(lowers.markNamespace());
    needs = new CopyNeeds(lowers.markNamespace());
  }

  /**
   * Makes a survey.
   *
   * @param fit what the options of the spec require of the upper
   * @param withSizes whether to ask each file how much it takes up
   */
  public static UpperSurvey of(
      LayerDirectory upper,
      LayerFit fit,
      EntrySelection selection,
      LayerRoots lowers,
      boolean withSizes,
      WorkerPool workers)
      throws IOException {
    return of(upper, fit, selection, lowers, withSizes, file -> false, workers);
  }

  /**
   * Makes a survey that also reports some metacopy files that were not renamed.
   *
   * @param fit what the options of the spec require of the upper
   * @param withSizes whether to ask each file how much it takes up
   */
  public static UpperSurvey of(
      LayerDirectory upper,
      LayerFit fit,
      EntrySelection selection,
      LayerRoots lowers,
      boolean withSizes,
      SurveyWalk.MetacopyFilter metacopies,
      WorkerPool workers)
      throws IOException {
    UpperSurvey survey = new UpperSurvey(lowers);
    new SurveyWalk(survey, fit, lowers, withSizes, metacopies, workers).walkUpper(upper, selection);
    return survey;
  }

  /** Makes a survey of a whole upper that also reports metacopy files that were not renamed. */
  public static UpperSurvey withMetacopies(
      LayerDirectory upper, LayerFit fit, LayerRoots lowers, SurveyWalk.MetacopyFilter metacopies)
      throws IOException {
    UpperSurvey survey = new UpperSurvey(lowers);
    try (WorkerPool one = new WorkerPool(1)) {
      new SurveyWalk(survey, fit, lowers, false, metacopies, one)
          .walkUpper(upper, EntrySelection.ALL);
    }
    return survey;
  }

  void addFound(Problem problem) {
    problems.add(problem);
  }

  /** Whether there are enough problems to end the survey. */
  boolean hasEnough() {
    return problems.size() >= MOST_PROBLEMS;
  }

  void addFound(RenamedEntry entry) {
    renamed.add(entry);
  }

  void countEntry() {
    entries.increment();
  }

  void countSize(EntryStat stat) {
    hasLinks |= stat.links() > 1 && !stat.isDirectory() && !stat.isWhiteoutDevice();
    if (stat.type() == EntryType.FILE) {
      bytes.add(stat.allocated());
    }
  }

  /** Returns what the entries need of another file system; only a survey with sizes knows it. */
  public CopyNeeds copyNeeds() {
    return needs;
  }

  void noteLinks() {
    hasLinks = true;
  }

  void noteProtection() {
    hasProtection = true;
  }

  public List<Problem> firstProblems() {
    return problems;
  }

  /** Returns the entries that have a redirect. A directory comes before those in it. */
  public List<RenamedEntry> renamedEntries() {
    return List.copyOf(renamed);
  }

  /** Returns what is known about the extended attributes of the entries. */
  public KnownMarks knownMarks() {
    return marks;
  }

  /** Whether an entry shows as immutable or append-only. */
  public boolean hasProtection() {
    return hasProtection;
  }

  /**
   * Whether an entry has a second name, or had one that went into the lower as a copy. Only a
   * survey with sizes knows it.
   */
  public boolean hasLinks() {
    return hasLinks;
  }

  public long entryCount() {
    return entries.sum();
  }

  public long byteCount() {
    return bytes.sum();
  }
}
