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
import dev.overlays.merge.run.DirectoryPaths;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the lower shows what was renamed at one place only. The kernel leaves a whiteout where it
 * renames something away; a layer that was put together by hand may show one directory twice, and
 * then its entries cannot be moved to either.
 */
public final class RedirectTargets {
  private final LayerDirectory upper;
  private final MarkNamespace marks;
  private final Map<ViewPlace, RenamedEntry> bySource = new HashMap<>();
  private final Set<ViewPlace> twice = new HashSet<>();

  public RedirectTargets(LayerDirectory upper, MarkNamespace marks, List<RenamedEntry> renamed) {
    this.upper = upper;
    this.marks = marks;
    for (RenamedEntry entry : renamed) {
      if (entry.source() != null && bySource.put(entry.source(), entry) != null) {
        twice.add(entry.source());
      }
    }
  }

  /** What stands in the way of moving a renamed directory's entries; empty if nothing does. */
  public Optional<Problem> problemOf(RenamedEntry entry) throws IOException {
    if (!isElsewhere(entry)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemCode.REDIRECT_REPEATED,
            LayerEntries.path(upper + entry.path().pathText()),
            (entry.directory() ? "The directory" : "The file")
                + " was renamed from "
                + entry.source().pathText()
                + " of the lower, but the view shows that at another place too.",
            "Copy one of the two in the view under a new name, and delete it there."));
  }

  /** Whether another entry of the view is made of the same source. */
  public boolean isElsewhere(RenamedEntry entry) throws IOException {
    ViewPlace source = entry.source();
    if (source == null) {
      return false;
    }
    List<Name> names = source.namesFromRoot();
    if (twice.contains(source) || isShown(upper, entry, 0)) {
      return true;
    }
    ViewPlace outer = source.parent();
    for (int i = names.size() - 1; i > 0; i--) {
      RenamedEntry around = bySource.get(outer);
      if (around != null && around.directory() && isShownIn(around, entry, i)) {
        return true;
      }
      outer = outer.parent();
    }
    return false;
  }

  private boolean isShownIn(RenamedEntry around, RenamedEntry entry, int index) throws IOException {
    try (LayerDirectory directory = DirectoryPaths.open(upper, around.path().namesFromRoot())) {
      return isShown(directory, entry, index);
    }
  }

  /** Goes down a path in a merged directory, until something of the upper hides the lower's. */
  private boolean isShown(LayerDirectory start, RenamedEntry entry, int index) throws IOException {
    List<Name> path = entry.source().namesFromRoot();
    try (DescendingDirectory at = new DescendingDirectory(start)) {
      for (int i = index; i < path.size(); i++) {
        Name name = path.get(i);
        Optional<EntryStat> stat = at.openedDirectory().stat(name);
        if (stat.isEmpty()) {
          return true;
        }
        boolean last = i == path.size() - 1;
        if (last && !entry.directory() && isMetacopy(at.openedDirectory(), name, stat.get())) {
          return true;
        }
        if (!stat.get().isDirectory()
            || LayerEntries.isOpaque(at.openedDirectory(), name, marks)
            || at.openedDirectory().xattr(name, Mark.REDIRECT.xattr(marks)).isPresent()) {
          return false;
        }
        if (!last) {
          at.open(name);
        }
      }
      return true;
    }
  }

  /** Whether it takes its data from what has its name below. */
  private boolean isMetacopy(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    return stat.type() == EntryType.FILE
        && directory.xattr(name, Mark.METACOPY.xattr(marks)).isPresent()
        && directory.xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty();
  }
}
