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
import dev.overlays.lookup.Redirect;
import dev.overlays.merge.run.Joins;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Selection;
import dev.overlays.merge.run.Workers;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Walks through an upper and fills a {@link Survey}. */
public final class SurveyWalk {
  private final Survey survey;
  private final LayerFit fit;
  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final boolean withSizes;
  private final Wanted metacopies;
  private final Workers workers;

  SurveyWalk(
      Survey survey,
      LayerFit fit,
      LayerRoots lowers,
      boolean withSizes,
      Wanted metacopies,
      Workers workers) {
    this.survey = survey;
    this.fit = fit;
    this.lowers = lowers;
    this.metacopies = metacopies;
    this.withSizes = withSizes;
    this.workers = workers;
    marks = lowers.marks();
  }

  /** Chooses the metacopy files that are reported although they were not renamed. */
  @FunctionalInterface
  public interface Wanted {
    boolean is(Renamed file) throws IOException;
  }

  void root(LayerDirectory upper, Selection selection) throws IOException {
    fit.root(upper).ifPresent(survey::add);
    workers.run(new Inside(null, Name.SELF, upper, selection, Place.ROOT, Place.ROOT));
  }

  /** Surveys one directory. */
  private final class Inside implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final Selection selection;
    private final Place place;
    private final Place lowerPlace;
    private final Joins joins = new Joins(workers);
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean listed;

    /**
     * The place in the lower is null where nothing below is merged. The parent is null for the
     * root.
     */
    Inside(
        LayerDirectory parent,
        Name name,
        LayerDirectory directory,
        Selection selection,
        Place place,
        Place lowerPlace) {
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
        Selection inner = selection.below(entry.name());
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
      Selection selection,
      Place place,
      Place lowerPlace,
      Joins joins)
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
      // It is mostly a whiteout. The only mark that matters here is that of a copy.
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
      Place below = directoryBelow(directory, name, place, lowerPlace, found);
      return joins.add(
          entry, () -> new Inside(directory, name, null, selection, place.in(name), below));
    }
    return null;
  }

  /** Returns the place in the lower of what a directory shows; null if nothing below is merged. */
  private Place directoryBelow(
      LayerDirectory directory, Name name, Place place, Place lowerPlace, Set<Mark> found)
      throws IOException {
    if (found.contains(Mark.OPAQUE) && LayerEntries.isOpaque(directory, name, marks)) {
      return null;
    }
    if (found.contains(Mark.REDIRECT)) {
      Optional<Redirect> redirect = Redirect.of(directory, name, marks);
      if (redirect.isPresent()) {
        Place source = source(redirect.get(), lowerPlace);
        survey.add(new Renamed(place.in(name), source, true));
        return source;
      }
    }
    return lowerPlace == null ? null : lowerPlace.in(name);
  }

  private static Place source(Redirect redirect, Place lowerPlace) {
    if (redirect.absolute()) {
      return Place.of(redirect.names());
    }
    return lowerPlace == null ? null : lowerPlace.in(redirect.names().get(0));
  }

  private void file(
      LayerDirectory directory,
      Name name,
      Place place,
      Place lowerPlace,
      boolean hasRedirect,
      boolean taken)
      throws IOException {
    Optional<Redirect> redirect =
        hasRedirect ? Redirect.of(directory, name, marks) : Optional.empty();
    Place source =
        redirect.isPresent()
            ? source(redirect.get(), lowerPlace)
            : lowerPlace == null ? null : lowerPlace.in(name);
    if (redirect.isPresent()) {
      survey.add(new Renamed(place.in(name), source, false));
    }
    metacopy(directory, name, place, source, redirect.isPresent(), taken);
  }

  private void metacopy(
      LayerDirectory directory,
      Name name,
      Place place,
      Place source,
      boolean redirect,
      boolean taken)
      throws IOException {
    if (!hasData(source)) {
      if (taken) {
        survey.add(MissingData.problem(directory, name));
      }
    } else if (!redirect) {
      Renamed file = new Renamed(place.in(name), source, false);
      if (metacopies.is(file)) {
        survey.add(file);
      }
    }
  }

  private boolean hasData(Place source) throws IOException {
    return source != null
        && lowers.root().data(source.redirect(), (layer, directory, name, stat) -> {});
  }

  private Set<Mark> marks(
      LayerDirectory directory, Name name, EntryType type, Place place, boolean taken)
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
