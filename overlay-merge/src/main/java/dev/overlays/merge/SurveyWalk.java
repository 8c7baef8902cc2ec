package dev.overlays.merge;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.Redirect;
import dev.overlays.spi.LayerFit;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks through an upper, and tells a {@link Survey} of what it finds. */
final class SurveyWalk {
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

  /** Which metacopy files are told of. */
  @FunctionalInterface
  interface Wanted {
    boolean is(Renamed file) throws IOException;
  }

  void root(LayerDirectory upper, Selection selection) throws IOException {
    fit.root(upper).ifPresent(survey::add);
    workers.run(
        () -> {
          inside(upper, selection, Place.ROOT, Place.ROOT);
          return true;
        });
  }

  /** The place in the lower is null where nothing below is merged. */
  private void inside(LayerDirectory directory, Selection selection, Place place, Place lowerPlace)
      throws IOException {
    try (Joins joins = new Joins(workers)) {
      EntryCursor cursor = directory.entries();
      LayerEntry entry = cursor.next();
      while (entry != null && !survey.hasEnough() && !workers.haveFailed()) {
        entry(directory, entry, selection.below(entry.name()), place, lowerPlace, joins);
        entry = cursor.next();
      }
      joins.joinAll();
    }
  }

  private void entry(
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
    if (type == EntryType.UNKNOWN || withSizes) {
      EntryStat stat = LayerEntries.present(directory, entry.name());
      type = stat.type();
      if (taken) {
        survey.count(stat);
      }
    }
    Name name = entry.name();
    if (type == EntryType.CHARACTER_DEVICE) {
      // Mostly a whiteout, and never asked for marks that matter here.
      if (taken) {
        fit.entry(directory, name, type, List.of()).ifPresent(survey::add);
      }
      survey.marks().notAsked(place, name);
      return;
    }
    Set<Mark> found = marks(directory, name, type, place, taken);
    if (type == EntryType.FILE && found.contains(Mark.METACOPY)) {
      file(directory, name, place, lowerPlace, found.contains(Mark.REDIRECT), taken);
    } else if (type == EntryType.DIRECTORY) {
      Place below = directoryBelow(directory, name, place, lowerPlace, found);
      joins.add(
          entry,
          () -> {
            try (LayerDirectory inner = directory.open(name)) {
              inside(inner, selection, place.in(name), below);
            }
            return true;
          });
    }
  }

  /** Where the lower has what is in a directory; null if nothing below is merged. */
  private Place directoryBelow(
      LayerDirectory directory, Name name, Place place, Place lowerPlace, Set<Mark> found)
      throws IOException {
    if (found.contains(Mark.OPAQUE) && LayerEntries.isOpaque(directory, name, marks)) {
      return null;
    }
    if (found.contains(Mark.REDIRECT)) {
      Optional<Redirect> redirect = Redirect.of(directory, name, marks);
      if (redirect.isPresent()) {
        List<Name> source = source(redirect.get(), lowerPlace);
        survey.add(new Renamed(place.names(name), source, true));
        return source == null ? null : Place.of(source);
      }
    }
    return lowerPlace == null ? null : lowerPlace.in(name);
  }

  private static List<Name> source(Redirect redirect, Place lowerPlace) {
    if (redirect.absolute()) {
      return redirect.names();
    }
    return lowerPlace == null ? null : lowerPlace.names(redirect.names().get(0));
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
    List<Name> source =
        redirect.isPresent()
            ? source(redirect.get(), lowerPlace)
            : lowerPlace == null ? null : lowerPlace.names(name);
    if (redirect.isPresent()) {
      survey.add(new Renamed(place.names(name), source, false));
    }
    metacopy(directory, name, place, source, redirect.isPresent(), taken);
  }

  private void metacopy(
      LayerDirectory directory,
      Name name,
      Place place,
      List<Name> source,
      boolean redirect,
      boolean taken)
      throws IOException {
    if (!hasData(source)) {
      if (taken) {
        survey.add(MissingData.problem(directory, name));
      }
    } else if (!redirect) {
      Renamed file = new Renamed(place.names(name), source, false);
      if (metacopies.is(file)) {
        survey.add(file);
      }
    }
  }

  private boolean hasData(List<Name> source) throws IOException {
    return source != null
        && lowers.root().data(new Redirect(true, source), (layer, directory, name, stat) -> {});
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
