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
    boolean is(RenamedEntry file) throws IOException;
  }

  void root(LayerDirectory upper, MergeSelection selection) throws IOException {
    fit.root(upper).ifPresent(survey::add);
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
    public TreeWalk.Step advance() throws IOException {
      if (listed) {
        return null;
      }
      if (entries == null) {
        directory = directory == null ? parent.open(name) : directory;
        entries = directory.entries();
      }
      LayerEntry entry = entries.next();
      while (entry != null && !survey.hasEnough() && !workers.haveFailed()) {
        MergeSelection inner = selection.below(entry.name());
        TreeWalk.Step next = entry(directory, entry, inner, place, lowerPlace, joins);
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

  private TreeWalk.Step entry(
      LayerDirectory directory,
      LayerEntry entry,
      MergeSelection selection,
      ViewPlace place,
      ViewPlace lowerPlace,
      DirectoryTasks joins)
      throws IOException {
    boolean taken = !selection.isNothing();
    if (taken) {
      survey.count();
    }
    EntryType type = entry.type();
    boolean whiteout = true;
    if (type == EntryType.UNKNOWN || withSizes) {
      EntryStat stat = LayerEntries.present(directory, entry.name());
      type = stat.type();
      whiteout = stat.isWhiteoutDevice();
      if (taken) {
        survey.count(stat);
        if (withSizes && !whiteout) {
          survey.needs().add(directory, entry.name(), stat);
        }
      }
    }
    Name name = entry.name();
    if (type == EntryType.CHARACTER_DEVICE) {
      // Mostly a whiteout, and never asked for marks that matter here, but for that of a copy.
      if (taken) {
        fit.entry(directory, name, type, List.of()).ifPresent(survey::add);
      }
      if (!whiteout && directory.xattr(name, Mark.MERGE_COPY.xattr(marks)).isPresent()) {
        survey.linksSeen();
      }
      survey.marks().notAsked(place, name);
      return null;
    }
    Set<Mark> found = marks(directory, name, type, place, taken);
    if (type == EntryType.FILE && found.contains(Mark.METACOPY)) {
      file(directory, name, place, lowerPlace, found.contains(Mark.REDIRECT), taken);
    } else if (type == EntryType.DIRECTORY) {
      ViewPlace below = directoryBelow(directory, name, place, lowerPlace, found);
      return joins.add(
          entry, () -> new DirectoryStep(directory, name, null, selection, place.in(name), below));
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
        ViewPlace source = source(redirect.get(), lowerPlace);
        survey.add(new RenamedEntry(place.in(name), source, true));
        return source;
      }
    }
    return lowerPlace == null ? null : lowerPlace.in(name);
  }

  private static ViewPlace source(RedirectTarget redirect, ViewPlace lowerPlace) {
    if (redirect.absolute()) {
      return ViewPlace.of(redirect.names());
    }
    return lowerPlace == null ? null : lowerPlace.in(redirect.names().get(0));
  }

  private void file(
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
            ? source(redirect.get(), lowerPlace)
            : lowerPlace == null ? null : lowerPlace.in(name);
    if (redirect.isPresent()) {
      survey.add(new RenamedEntry(place.in(name), source, false));
    }
    metacopy(directory, name, place, source, redirect.isPresent(), taken);
  }

  private void metacopy(
      LayerDirectory directory,
      Name name,
      ViewPlace place,
      ViewPlace source,
      boolean redirect,
      boolean taken)
      throws IOException {
    if (!hasData(source)) {
      if (taken) {
        survey.add(MissingData.problem(directory, name));
      }
    } else if (!redirect) {
      RenamedEntry file = new RenamedEntry(place.in(name), source, false);
      if (metacopies.is(file)) {
        survey.add(file);
      }
    }
  }

  private boolean hasData(ViewPlace source) throws IOException {
    return source != null
        && lowers.root().data(source.redirect(), (layer, directory, name, stat) -> {});
  }

  private Set<Mark> marks(
      LayerDirectory directory, Name name, EntryType type, ViewPlace place, boolean taken)
      throws IOException {
    List<String> xattrs = directory.xattrs(name);
    if (taken) {
      fit.entry(directory, name, type, xattrs).ifPresent(survey::add);
    }
    if (!survey.marks().seen(place, name, xattrs)) {
      return Set.of();
    }
    if (withSizes && taken) {
      survey.needs().addXattrs(directory, name, xattrs);
    }
    Set<Mark> found = EnumSet.noneOf(Mark.class);
    for (String xattr : xattrs) {
      if (marks.isMark(xattr)) {
        Optional<Mark> mark = Mark.of(xattr, marks);
        mark.ifPresent(found::add);
        if (mark.isEmpty() && taken) {
          survey.add(unknown(directory, name, xattr));
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

  private static Problem unknown(LayerDirectory directory, Name name, String xattr) {
    return Problem.of(
        ProblemCode.MERGE_UNKNOWN_MARK,
        LayerEntries.path(directory, name),
        "The entry of the upper has the unknown mark " + xattr + ".",
        "Merge with a version of this library that knows it, or copy the entry in the view over"
            + " itself.");
  }
}
