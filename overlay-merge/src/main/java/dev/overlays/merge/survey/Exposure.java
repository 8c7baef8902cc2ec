package dev.overlays.merge.survey;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.DescendingDirectory;
import dev.overlays.merge.run.DirectoryMarks;
import dev.overlays.merge.run.Paths;
import dev.overlays.merge.run.Place;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The targets of redirects, and whether the view shows them at another place, too. The kernel
 * leaves a whiteout where something was renamed away. A layer made by hand may show one directory
 * twice; then its entries cannot be moved to either place.
 */
public final class Exposure {
  private final LayerDirectory upper;
  private final MarkNamespace marks;
  private final Map<Place, Renamed> bySource = new HashMap<>();
  private final Set<Place> twice = new HashSet<>();

  public Exposure(LayerDirectory upper, MarkNamespace marks, List<Renamed> renamed) {
    this.upper = upper;
    this.marks = marks;
    for (Renamed entry : renamed) {
      if (entry.source() != null && bySource.put(entry.source(), entry) != null) {
        twice.add(entry.source());
      }
    }
  }

  /**
   * Returns the problem that prevents moving the entries of a renamed directory; empty if there is
   * none.
   */
  public Optional<Problem> problem(Renamed entry) throws IOException {
    if (!isElsewhere(entry)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemCode.REDIRECT_REPEATED,
            LayerEntries.path(upper + entry.path().text()),
            (entry.directory() ? "The directory" : "The file")
                + " was renamed from "
                + entry.source().text()
                + " of the lower, but the view shows that at another place too.",
            "Copy one of the two in the view under a new name, and delete it there."));
  }

  /** Whether the view shows the source of a renamed entry at another place. */
  public boolean isElsewhere(Renamed entry) throws IOException {
    Place source = entry.source();
    if (source == null) {
      return false;
    }
    List<Name> names = source.names();
    if (twice.contains(source) || isShown(upper, entry, 0)) {
      return true;
    }
    Place outer = source.parent();
    for (int i = names.size() - 1; i > 0; i--) {
      Renamed around = bySource.get(outer);
      if (around != null && around.directory() && isShownIn(around, entry, i)) {
        return true;
      }
      outer = outer.parent();
    }
    return false;
  }

  private boolean isShownIn(Renamed around, Renamed entry, int index) throws IOException {
    try (LayerDirectory directory = Paths.open(upper, around.path().names())) {
      return isShown(directory, entry, index);
    }
  }

  /**
   * Whether the path of the source is visible from a directory of the upper: no entry of the upper
   * on the path hides the lower's.
   */
  private boolean isShown(LayerDirectory start, Renamed entry, int index) throws IOException {
    List<Name> path = entry.source().names();
    try (DescendingDirectory at = new DescendingDirectory(start)) {
      for (int i = index; i < path.size(); i++) {
        Name name = path.get(i);
        Optional<EntryStat> stat = at.directory().stat(name);
        if (stat.isEmpty()) {
          return true;
        }
        boolean last = i == path.size() - 1;
        if (last && !entry.directory() && isMetacopy(at.directory(), name, stat.get())) {
          return true;
        }
        if (!stat.get().isDirectory()
            || !DirectoryMarks.isTransparent(at.directory(), name, marks)) {
          return false;
        }
        if (!last) {
          at.open(name);
        }
      }
      return true;
    }
  }

  /** Whether a file takes its data from the file of its name in the layers below. */
  private boolean isMetacopy(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    return stat.type() == EntryType.FILE
        && directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent()
        && directory.xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty();
  }
}
