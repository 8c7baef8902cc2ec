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
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks through an upper before anything is changed: how much there is, which marks need work
 * before the merge, and which are not understood. Keeps what was renamed, and nothing else, in
 * memory.
 */
final class Survey {
  /** More than these do not help anybody. */
  private static final int ENOUGH = 20;

  private final LayerRoots lowers;
  private final MarkNamespace marks;
  private final boolean withSizes;
  private final Wanted metacopies;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Renamed> renamed = new ArrayList<>();
  private final MarkFilter marked = new MarkFilter();
  private boolean protection;
  private long entries;
  private long bytes;

  private Survey(LayerRoots lowers, boolean withSizes, Wanted metacopies) {
    this.lowers = lowers;
    this.metacopies = metacopies;
    marks = lowers.marks();
    this.withSizes = withSizes;
  }

  /**
   * Makes a survey.
   *
   * @param withSizes whether to ask each file how much it takes up
   */
  static Survey of(LayerDirectory upper, Selection selection, LayerRoots lowers, boolean withSizes)
      throws IOException {
    return of(upper, selection, new Survey(lowers, withSizes, file -> false));
  }

  /** Which metacopy files are told of. */
  @FunctionalInterface
  interface Wanted {
    boolean is(Renamed file) throws IOException;
  }

  /** Makes a survey that also tells of metacopy files that were not renamed. */
  static Survey withMetacopies(LayerDirectory upper, LayerRoots lowers, Wanted metacopies)
      throws IOException {
    Selection everything = Selection.of(List.of(), List.of(), List.of());
    return of(upper, everything, new Survey(lowers, false, metacopies));
  }

  private static Survey of(LayerDirectory upper, Selection selection, Survey survey)
      throws IOException {
    survey.root(upper);
    survey.inside(upper, selection, Place.ROOT, Place.ROOT);
    return survey;
  }

  List<Problem> problems() {
    return problems;
  }

  /** What has a redirect. */
  List<Renamed> renamed() {
    return renamed;
  }

  /** Which entries have extended attributes. */
  MarkFilter marked() {
    return marked;
  }

  /** Whether an entry shows as immutable or append-only. */
  boolean hasProtection() {
    return protection;
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }

  /** The kernel marks the root of every upper that it has written to. */
  private void root(LayerDirectory upper) throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    List<String> xattrs = upper.xattrs(Name.SELF);
    if (xattrs.stream().anyMatch(other::isMark) && xattrs.stream().noneMatch(marks::isMark)) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_UNKNOWN_MARK,
              LayerEntries.path(upper, Name.SELF),
              "The upper was written with marks in "
                  + other.prefix()
                  + "*, but the spec says "
                  + marks.prefix()
                  + "*.",
              "Set userxattr in the spec as it was when the view was mounted."));
    }
  }

  /** The place in the lower is null where nothing below is merged. */
  private void inside(LayerDirectory directory, Selection selection, Place place, Place lowerPlace)
      throws IOException {
    EntryCursor cursor = directory.entries();
    LayerEntry entry = cursor.next();
    while (entry != null && problems.size() < ENOUGH) {
      entry(directory, entry, selection.below(entry.name()), place, lowerPlace);
      entry = cursor.next();
    }
  }

  private void entry(
      LayerDirectory directory,
      LayerEntry entry,
      Selection selection,
      Place place,
      Place lowerPlace)
      throws IOException {
    boolean taken = !selection.isNothing();
    entries += taken ? 1 : 0;
    EntryType type = entry.type();
    if (type == EntryType.UNKNOWN || withSizes) {
      EntryStat stat = LayerEntries.present(directory, entry.name());
      type = stat.type();
      bytes += taken && stat.type() == EntryType.FILE ? stat.allocated() : 0;
    }
    Name name = entry.name();
    if (type == EntryType.CHARACTER_DEVICE) {
      // Mostly a whiteout, and never asked for marks that matter here.
      marked.add(place, name);
      return;
    }
    List<String> xattrs = directory.xattrs(name);
    Set<Mark> found = Set.of();
    if (!xattrs.isEmpty()) {
      marked.add(place, name);
      found = marks(directory, name, xattrs, taken);
    }
    if (type == EntryType.FILE && found.contains(Mark.METACOPY)) {
      file(directory, name, place, lowerPlace, found.contains(Mark.REDIRECT), taken);
    } else if (type == EntryType.DIRECTORY) {
      Place below = directoryBelow(directory, name, place, lowerPlace, found);
      try (LayerDirectory inner = directory.open(name)) {
        inside(inner, selection, place.in(name), below);
      }
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
        renamed.add(new Renamed(place.names(name), source, true));
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
      renamed.add(new Renamed(place.names(name), source, false));
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
        problems.add(MissingData.problem(directory, name));
      }
    } else if (!redirect) {
      Renamed file = new Renamed(place.names(name), source, false);
      if (metacopies.is(file)) {
        renamed.add(file);
      }
    }
  }

  private boolean hasData(List<Name> source) throws IOException {
    return source != null
        && lowers.root().data(new Redirect(true, source), (layer, directory, name, stat) -> {});
  }

  private Set<Mark> marks(LayerDirectory directory, Name name, List<String> xattrs, boolean taken) {
    Set<Mark> found = EnumSet.noneOf(Mark.class);
    for (String xattr : xattrs) {
      if (marks.isMark(xattr)) {
        Optional<Mark> mark = Mark.of(xattr, marks);
        mark.ifPresent(found::add);
        if (mark.isEmpty() && taken) {
          problems.add(unknown(directory, name, xattr));
        }
      }
    }
    protection |= found.contains(Mark.PROTATTR);
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
