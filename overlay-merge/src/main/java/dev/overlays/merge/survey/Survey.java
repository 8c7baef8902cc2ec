package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Workers;
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
public final class Survey {
  /** The survey ends at so many problems. */
  private static final int ENOUGH = 20;

  private final List<Problem> problems = new CopyOnWriteArrayList<>();
  private final Queue<Renamed> renamed = new ConcurrentLinkedQueue<>();
  private final KnownMarks marks;
  private final CopyNeeds needs;
  private final LongAdder entries = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile boolean protection;
  private volatile boolean links;

  private Survey(LayerRoots lowers) {
    marks = new KnownMarks(lowers.marks());
    needs = new CopyNeeds(lowers.marks());
  }

  /**
   * Makes a survey.
   *
   * @param fit what the options of the spec require of the upper
   * @param withSizes whether to ask each file how much it takes up
   */
  public static Survey of(
      LayerDirectory upper,
      LayerFit fit,
      Selection selection,
      LayerRoots lowers,
      boolean withSizes,
      Workers workers)
      throws IOException {
    return of(upper, fit, selection, lowers, withSizes, file -> false, workers);
  }

  /**
   * Makes a survey that also reports some metacopy files that were not renamed.
   *
   * @param fit what the options of the spec require of the upper
   * @param withSizes whether to ask each file how much it takes up
   */
  public static Survey of(
      LayerDirectory upper,
      LayerFit fit,
      Selection selection,
      LayerRoots lowers,
      boolean withSizes,
      SurveyWalk.Wanted metacopies,
      Workers workers)
      throws IOException {
    Survey survey = new Survey(lowers);
    new SurveyWalk(survey, fit, lowers, withSizes, metacopies, workers).root(upper, selection);
    return survey;
  }

  /** Makes a survey of a whole upper that also reports metacopy files that were not renamed. */
  public static Survey withMetacopies(
      LayerDirectory upper, LayerFit fit, LayerRoots lowers, SurveyWalk.Wanted metacopies)
      throws IOException {
    Survey survey = new Survey(lowers);
    try (Workers one = new Workers(1)) {
      new SurveyWalk(survey, fit, lowers, false, metacopies, one).root(upper, Selection.ALL);
    }
    return survey;
  }

  void add(Problem problem) {
    problems.add(problem);
  }

  /** Whether there are enough problems to end the survey. */
  boolean hasEnough() {
    return problems.size() >= ENOUGH;
  }

  void add(Renamed entry) {
    renamed.add(entry);
  }

  void count() {
    entries.increment();
  }

  void count(EntryStat stat) {
    links |= stat.links() > 1 && !stat.isDirectory() && !stat.isWhiteoutDevice();
    if (stat.type() == EntryType.FILE) {
      bytes.add(stat.allocated());
    }
  }

  /** Returns what the entries need of another file system; only a survey with sizes knows it. */
  public CopyNeeds needs() {
    return needs;
  }

  void linksSeen() {
    links = true;
  }

  void protectionSeen() {
    protection = true;
  }

  public List<Problem> problems() {
    return problems;
  }

  /** Returns the entries that have a redirect. A directory comes before those in it. */
  public List<Renamed> renamed() {
    return List.copyOf(renamed);
  }

  /** Returns what is known about the extended attributes of the entries. */
  public KnownMarks marks() {
    return marks;
  }

  /** Whether an entry shows as immutable or append-only. */
  public boolean hasProtection() {
    return protection;
  }

  /**
   * Whether an entry has a second name, or had one that went into the lower as a copy. Only a
   * survey with sizes knows it.
   */
  public boolean hasLinks() {
    return links;
  }

  public long entries() {
    return entries.sum();
  }

  public long bytes() {
    return bytes.sum();
  }
}
