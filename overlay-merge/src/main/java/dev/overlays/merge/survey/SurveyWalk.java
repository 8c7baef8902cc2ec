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
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.run.WorkerThreads;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks through an upper, and tells a {@link UpperSurvey} of what it finds. */
public final class SurveyWalk {
  private final UpperSurvey survey;
  private final LayerFit fit;
  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final boolean withSizes;
  private final MetacopyFilter metacopies;
  private final WorkerThreads workers;

  SurveyWalk(
      UpperSurvey survey,
      LayerFit fit,
      LayerRoots lowers,
      boolean withSizes,
      MetacopyFilter metacopies,
      WorkerThreads workers) {
    this.survey = survey;
    this.fit = fit;
    this.lowers = lowers;
    this.metacopies = metacopies;
    this.withSizes = withSizes;
    this.workers = workers;
    marks = lowers.marks();
  }

  /** Which metacopy files are told of. */
  @FunctionalInterface
  public interface MetacopyFilter {
    boolean isWanted(RenamedEntry file) throws IOException;
  }

  void surveyRoot(LayerDirectory upper, MergeSelection selection) throws IOException {
    fit.root(upper).ifPresent(survey::addFound);
    workers.run(
        new DirectoryStep(null, Name.SELF, upper, selection, ViewPlace.ROOT, ViewPlace.ROOT));
  }

  /** Goes through one directory. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final MergeSelection selection;
    private final ViewPlace place;
    private final ViewPlace lowerPlace;
    private final DirectoryTasks joins = new DirectoryTasks(workers);
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean listed;

    /** The place in the lower is null where nothing below is merged; the parent is, of the root. */
    DirectoryStep(
        LayerDirectory parent,
        Name name,
        LayerDirectory directory,
        MergeSelection selection,
        ViewPlace place,
        ViewPlace lowerPlace) {
      this.parent = parent;
      this.name = name;
      this.directory = directory;
      this.selection = selection;
      this.place = place;
      this.lowerPlace = lowerPlace;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (listed) {
        return null;
      }
      if (entries == null) {
        directory = directory == null ? parent.open(name) : directory;
        entries = directory.entries();
      }
      LayerEntry entry = entries.next();
      while (entry != null && !survey.hasEnough() && !workers.haveFailed()) {
        MergeSelection inner = selection.selectionBelow(entry.name());
        TreeWalk.Step next = surveyEntry(directory, entry, inner, place, lowerPlace, joins);
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

  private TreeWalk.Step surveyEntry(
      LayerDirectory directory,
      LayerEntry entry,
      MergeSelection selection,
      ViewPlace place,
      ViewPlace lowerPlace,
      DirectoryTasks joins)
      throws IOException {
    boolean taken = !selection.isNothing();
    if (taken) {
      survey.countEntry();
    }
    EntryType type = entry.type();
    boolean whiteout = true;
    if (type == EntryType.UNKNOWN || withSizes) {
      EntryStat stat = LayerEntries.present(directory, entry.name());
      type = stat.type();
      whiteout = stat.isWhiteoutDevice();
      if (taken) {
        survey.countEntry(stat);
        if (withSizes && !whiteout) {
          survey.copyNeeds().addEntry(directory, entry.name(), stat);
        }
      }
    }
    Name name = entry.name();
    if (type == EntryType.CHARACTER_DEVICE) {
      // Mostly a whiteout, and never asked for marks that matter here, but for that of a copy.
      if (taken) {
        fit.entry(directory, name, type, List.of()).ifPresent(survey::addFound);
      }
      if (!whiteout && directory.xattr(name, Mark.MERGE_COPY.xattr(marks)).isPresent()) {
        survey.linksSeen();
      }
      survey.knownMarks().notAsked(place, name);
      return null;
    }
    Set<Mark> found = foundMarks(directory, name, type, place, taken);
    if (type == EntryType.FILE && found.contains(Mark.METACOPY)) {
      surveyFile(directory, name, place, lowerPlace, found.contains(Mark.REDIRECT), taken);
    } else if (type == EntryType.DIRECTORY) {
      ViewPlace below = directoryBelow(directory, name, place, lowerPlace, found);
      return joins.addTask(
          entry,
          () -> new DirectoryStep(directory, name, null, selection, place.placeIn(name), below));
    }
    return null;
  }

  /** Where the lower has what is in a directory; null if nothing below is merged. */
  private ViewPlace directoryBelow(
      LayerDirectory directory, Name name, ViewPlace place, ViewPlace lowerPlace, Set<Mark> found)
      throws IOException {
    if (found.contains(Mark.OPAQUE) && LayerEntries.isOpaque(directory, name, marks)) {
      return null;
    }
    if (found.contains(Mark.REDIRECT)) {
      Optional<RedirectTarget> redirect = RedirectTarget.of(directory, name, marks);
      if (redirect.isPresent()) {
        ViewPlace source = sourcePlace(redirect.get(), lowerPlace);
        survey.addFound(new RenamedEntry(place.placeIn(name), source, true));
        return source;
      }
    }
    return lowerPlace == null ? null : lowerPlace.placeIn(name);
  }

  private static ViewPlace sourcePlace(RedirectTarget redirect, ViewPlace lowerPlace) {
    if (redirect.absolute()) {
      return ViewPlace.of(redirect.names());
    }
    return lowerPlace == null ? null : lowerPlace.placeIn(redirect.names().get(0));
  }

  private void surveyFile(
      LayerDirectory directory,
      Name name,
      ViewPlace place,
      ViewPlace lowerPlace,
      boolean hasRedirect,
      boolean taken)
      throws IOException {
    Optional<RedirectTarget> redirect =
        hasRedirect ? RedirectTarget.of(directory, name, marks) : Optional.empty();
    ViewPlace source =
        redirect.isPresent()
            ? sourcePlace(redirect.get(), lowerPlace)
            : lowerPlace == null ? null : lowerPlace.placeIn(name);
    if (redirect.isPresent()) {
      survey.addFound(new RenamedEntry(place.placeIn(name), source, false));
    }
    surveyMetacopy(directory, name, place, source, redirect.isPresent(), taken);
  }

  private void surveyMetacopy(
      LayerDirectory directory,
      Name name,
      ViewPlace place,
      ViewPlace source,
      boolean redirect,
      boolean taken)
      throws IOException {
    if (!hasData(source)) {
      if (taken) {
        survey.addFound(MissingData.problemOf(directory, name));
      }
    } else if (!redirect) {
      RenamedEntry file = new RenamedEntry(place.placeIn(name), source, false);
      if (metacopies.isWanted(file)) {
        survey.addFound(file);
      }
    }
  }

  private boolean hasData(ViewPlace source) throws IOException {
    return source != null
        && lowers.root().data(source.redirectHere(), (layer, directory, name, stat) -> {});
  }

  private Set<Mark> foundMarks(
      LayerDirectory directory, Name name, EntryType type, ViewPlace place, boolean taken)
      throws IOException {
    List<String> xattrs = directory.xattrs(name);
    if (taken) {
      fit.entry(directory, name, type, xattrs).ifPresent(survey::addFound);
    }
    if (!survey.knownMarks().noteSeen(place, name, xattrs)) {
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
          survey.addFound(unknownMark(directory, name, xattr));
        }
      }
    }
    if (found.contains(Mark.MERGE_COPY)) {
      survey.linksSeen();
    }
    if (found.contains(Mark.PROTATTR)) {
      survey.protectionSeen();
    }
    return found;
  }

  private static Problem unknownMark(LayerDirectory directory, Name name, String xattr) {
    return Problem.of(
        ProblemCode.MERGE_UNKNOWN_MARK,
        LayerEntries.path(directory, name),
        "The entry of the upper has the unknown mark " + xattr + ".",
        "Merge with a version of this library that knows it, or copy the entry in the view over"
            + " itself.");
  }
}
