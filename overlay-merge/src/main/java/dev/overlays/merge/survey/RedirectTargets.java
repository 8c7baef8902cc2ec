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
import dev.overlays.merge.run.DirectoryOpening;
import dev.overlays.merge.run.TreePlace;
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
public final class RedirectTargets {
  private final LayerDirectory upper;
  private final MarkNamespace marks;
  private final Map<TreePlace, RenamedEntry> bySource = new HashMap<>();
  private final Set<TreePlace> repeatedSources = new HashSet<>();

  public RedirectTargets(LayerDirectory upper, MarkNamespace marks, List<RenamedEntry> renamed) {
    this.upper = upper;
    this.marks = marks;
    for (RenamedEntry entry : renamed) {
      if (entry.source() != null && bySource.put(entry.source(), entry) != null) {
        repeatedSources.add(entry.source());
      }
    }
  }

  /**
   * Returns the problem that prevents moving the entries of a renamed directory; empty if there is
   * none.
   */
  public Optional<Problem> repeatedProblem(RenamedEntry entry) throws IOException {
    if (!isShownElsewhere(entry)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemCode.REDIRECT_REPEATED,
            LayerEntries.printablePath(upper + entry.path().pathFromRoot()),
            (entry.isDirectory() ? "The directory" : "The file")
                + " was renamed from "
                + entry.source().pathFromRoot()
                + " of the lower, but the view shows that at another place too.",
            "Copy one of the two in the view under a new name, and delete it there."));
  }

  /** Whether the view shows the source of a renamed entry at another place. */
  public boolean isShownElsewhere(RenamedEntry entry) throws IOException {
    TreePlace source = entry.source();
    if (source == null) {
      return false;
    }
    List<Name> names = source.namesFromRoot();
    if (repeatedSources.contains(source) || isShown(upper, entry, 0)) {
      return true;
    }
    TreePlace outer = source.parent();
    for (int i = names.size() - 1; i > 0; i--) {
      RenamedEntry around = bySource.get(outer);
      if (around != null && around.isDirectory() && isShownIn(around, entry, i)) {
        return true;
      }
      outer = outer.parent();
    }
    return false;
  }

  private boolean isShownIn(RenamedEntry around, RenamedEntry entry, int index) throws IOException {
    try (LayerDirectory directory =
        DirectoryOpening.openPath(upper, around.path().namesFromRoot())) {
      return isShown(directory, entry, index);
    }
  }

  /**
   * Whether the path of the source is visible from a directory of the upper: no entry of the upper
   * on the path hides the lower's.
   */
  private boolean isShown(LayerDirectory start, RenamedEntry entry, int index) throws IOException {
    List<Name> path = entry.source().namesFromRoot();
    try (DescendingDirectory at = new DescendingDirectory(start)) {
      for (int i = index; i < path.size(); i++) {
        Name name = path.get(i);
        Optional<EntryStat> stat = at.currentDirectory().stat(name);
        if (stat.isEmpty()) {
          return true;
        }
        boolean last = i == path.size() - 1;
        if (last
            && !entry.isDirectory()
            && takesDataBelow(at.currentDirectory(), name, stat.get())) {
          return true;
        }
        if (!stat.get().isDirectory()
            || !DirectoryMarks.isTransparent(at.currentDirectory(), name, marks)) {
          return false;
        }
        if (!last) {
          at.descendTo(name);
        }
      }
      return true;
    }
  }

  /** Whether a file takes its data from the file of its name in the layers below. */
  private boolean takesDataBelow(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    return stat.type() == EntryType.FILE
        && directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent()
        && directory.xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty();
  }
}
