package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.run.DirectoryTasks;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.WhiteoutStats;
import dev.overlays.merge.run.WorkerPool;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Walks through an upper and fills a {@link UpperSurvey}. */
public final class SurveyWalk {
  private final UpperSurvey survey;
  private final LayerFit fit;
  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final boolean withSizes;
  private final MetacopyFilter metacopies;
  private final WorkerPool workers;

  SurveyWalk(
      UpperSurvey survey,
      LayerFit fit,
      LayerRoots lowers,
      boolean withSizes,
      MetacopyFilter metacopies,
      WorkerPool workers) {
    this.survey = survey;
    this.fit = fit;
    this.lowers = lowers;
    this.metacopies = metacopies;
    this.withSizes = withSizes;
    this.workers = workers;
    marks = lowers.markNamespace();
  }

  /** Chooses the metacopy files that are reported although they were not renamed. */
  @FunctionalInterface
  public interface MetacopyFilter {
    boolean isWanted(RenamedEntry file) throws IOException;
  }

  void walkUpper(LayerDirectory upper, EntrySelection selection) throws IOException {
    fit.problemOfRoot(upper).ifPresent(survey::addFound);
    workers.run(
        new DirectoryStep(null, Name.SELF, upper, selection, TreePlace.ROOT, TreePlace.ROOT));
  }

  /** Surveys one directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final EntrySelection selection;
    private final TreePlace place;
    private final TreePlace lowerPlace;
    private final DirectoryTasks joins = new DirectoryTasks(workers);
    private LayerDirectory directory;
    private EntryCursor entries;
    private WhiteoutStats stats;
    private boolean listed;

    /**
     * The place in the lower is null where nothing below is merged. The parent is null for the
     * root.
     */
    DirectoryStep(
        LayerDirectory parent,
        Name name,
        LayerDirectory directory,
        EntrySelection selection,
        TreePlace place,
        TreePlace lowerPlace) {
      this.parent = parent;
      this.name = name;
      this.directory = directory;
      this.selection = selection;
      this.place = place;
      this.lowerPlace = lowerPlace;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (listed) {
        return null;
      }
      if (entries == null) {
        directory = directory == null ? parent.open(name) : directory;
        entries = directory.entries();
        stats = new WhiteoutStats(directory);
      }
      LayerEntry entry = entries.next();
      while (entry != null && !survey.hasEnough() && !workers.hasFailed()) {
        EntrySelection inner = selection.selectionBelow(entry.name());
        TreeWalk.WalkStep next =
            surveyEntry(directory, entry, stats, inner, place, lowerPlace, joins);
        if (next != null) {
          return next;
        }
        entry = entries.next();
      }
      listed = true;
      return joins;
    }

    @Override
    public void close() throws IOException {
      if (parent != null && directory != null) {
        directory.close();
      }
    }
  }

  private TreeWalk.WalkStep surveyEntry(
      LayerDirectory directory,
      LayerEntry entry,
      WhiteoutStats stats,
      EntrySelection selection,
      TreePlace place,
      TreePlace lowerPlace,
      DirectoryTasks joins)
      throws IOException {
    boolean taken = !selection.takesNothing();
    if (taken) {
      survey.countEntry();
    }
    EntryType type = entry.type();
    boolean whiteout = true;
    if (type == EntryType.UNKNOWN || withSizes) {
      EntryStat stat = stats.requireStat(entry);
      type = stat.type();
      whiteout = stat.isWhiteoutDevice();
      if (stat.links() > 1 && type != EntryType.DIRECTORY) {
        // A copy under another name marks the inode before the walk comes to this one.
        survey.knownMarks().rememberUnasked(place, entry.name());
      }
      if (taken) {
        survey.countSize(stat);
        if (withSizes && !whiteout) {
          survey.copyNeeds().addEntry(directory, entry.name(), stat);
        }
      }
    }
    Name name = entry.name();
    if (type == EntryType.CHARACTER_DEVICE) {
      // Usually it is a whiteout. The only mark that matters here is that of a copy.
      if (taken) {
        fit.problemOfEntry(directory, name, type, List.of()).ifPresent(survey::addFound);
      }
      if (!whiteout && directory.xattr(name, Mark.MERGE_COPY.xattr(marks)).isPresent()) {
        survey.noteLinks();
      }
      survey.knownMarks().rememberUnasked(place, name);
      return null;
    }
    Set<Mark> found = findMarks(directory, name, type, place, taken);
    if (type == EntryType.FILE && found.contains(Mark.METACOPY)) {
      surveyFile(directory, name, place, lowerPlace, found.contains(Mark.REDIRECT), taken);
    } else if (type == EntryType.DIRECTORY) {
      TreePlace below = placeBelow(directory, name, place, lowerPlace, found);
      return joins.beginOrDefer(
          entry,
          () ->
              new DirectoryStep(directory, name, null, selection, place.resolveChild(name), below));
    }
    return null;
  }

  /** Returns the place in the lower of what a directory shows; null if nothing below is merged. */
  private TreePlace placeBelow(
      LayerDirectory directory, Name name, TreePlace place, TreePlace lowerPlace, Set<Mark> found)
      throws IOException {
    if (found.contains(Mark.OPAQUE) && LayerEntries.isOpaque(directory, name, marks)) {
      return null;
    }
    if (found.contains(Mark.REDIRECT)) {
      Optional<RedirectTarget> redirect = RedirectTarget.readMark(directory, name, marks);
      if (redirect.isPresent()) {
        TreePlace source = sourcePlace(redirect.get(), lowerPlace);
        survey.addFound(new RenamedEntry(place.resolveChild(name), source, true));
        return source;
      }
    }
    return lowerPlace == null ? null : lowerPlace.resolveChild(name);
  }

  private static TreePlace sourcePlace(RedirectTarget redirect, TreePlace lowerPlace) {
    if (redirect.absolute()) {
      return TreePlace.of(redirect.names());
    }
    return lowerPlace == null ? null : lowerPlace.resolveChild(redirect.names().get(0));
  }

  private void surveyFile(
      LayerDirectory directory,
      Name name,
      TreePlace place,
      TreePlace lowerPlace,
      boolean hasRedirect,
      boolean taken)
      throws IOException {
    Optional<RedirectTarget> redirect =
        hasRedirect ? RedirectTarget.readMark(directory, name, marks) : Optional.empty();
    TreePlace source =
        redirect.isPresent()
            ? sourcePlace(redirect.get(), lowerPlace)
            : lowerPlace == null ? null : lowerPlace.resolveChild(name);
    if (redirect.isPresent()) {
      survey.addFound(new RenamedEntry(place.resolveChild(name), source, false));
    }
    surveyMetacopy(directory, name, place, source, redirect.isPresent(), taken);
  }

  private void surveyMetacopy(
      LayerDirectory directory,
      Name name,
      TreePlace place,
      TreePlace source,
      boolean redirect,
      boolean taken)
      throws IOException {
    if (!hasData(source)) {
      if (taken) {
        survey.addFound(MissingData.missingDataProblem(directory, name));
      }
    } else if (!redirect) {
      RenamedEntry file = new RenamedEntry(place.resolveChild(name), source, false);
      if (metacopies.isWanted(file)) {
        survey.addFound(file);
      }
    }
  }

  private boolean hasData(TreePlace source) throws IOException {
    return source != null
        && lowers.mergedRoot().findData(source.toRedirect(), (layer, directory, name, stat) -> {});
  }

  private Set<Mark> findMarks(
      LayerDirectory directory, Name name, EntryType type, TreePlace place, boolean taken)
      throws IOException {
    List<String> xattrs = directory.xattrs(name);
    if (taken) {
      fit.problemOfEntry(directory, name, type, xattrs).ifPresent(survey::addFound);
    }
    if (!survey.knownMarks().rememberXattrs(place, name, xattrs)) {
      return Set.of();
    }
    if (withSizes && taken) {
      survey.copyNeeds().addXattrs(directory, name, xattrs);
    }
    Set<Mark> found = EnumSet.noneOf(Mark.class);
    for (String xattr : xattrs) {
      if (marks.isMark(xattr)) {
        Optional<Mark> mark = Mark.of(xattr, marks);
        mark.ifPresent(found::add);
        if (mark.isEmpty() && taken) {
          survey.addFound(unknownMarkProblem(directory, name, xattr));
        }
      }
    }
    if (found.contains(Mark.MERGE_COPY)) {
      survey.noteLinks();
    }
    if (found.contains(Mark.PROTATTR)) {
      survey.noteProtection();
    }
    return found;
  }

  private static Problem unknownMarkProblem(LayerDirectory directory, Name name, String xattr) {
    return Problem.of(
        ProblemCode.MERGE_UNKNOWN_MARK,
        LayerEntries.pathOf(directory, name),
        "The entry of the upper has the unknown mark " + xattr + ".",
        "Merge with a version of this library that knows it, or copy the entry in the view over"
            + " itself.");
  }
}
