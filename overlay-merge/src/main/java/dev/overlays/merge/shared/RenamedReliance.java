package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.DescendingDirectory;
import dev.overlays.merge.survey.RenamedEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether what an upper is about to change in the lower is what another upper's renamed directory
 * or metacopy file relies on.
 */
final class RenamedReliance {
  private final LayerDirectory changing;
  private final MarkNamespace marks;

  RenamedReliance(LayerDirectory changing, MarkNamespace marks) {
    this.changing = changing;
    this.marks = marks;
  }

  boolean isTouched(RenamedEntry entry) throws IOException {
    return entry.source() != null && isTouched(entry.source().namesFromRoot());
  }

  /** Any entry of a directory that is relied on counts, so does anything in place of it. */
  private boolean isTouched(List<Name> path) throws IOException {
    try (DescendingDirectory at = new DescendingDirectory(changing)) {
      for (int i = 0; i < path.size(); i++) {
        Name name = path.get(i);
        Optional<EntryStat> stat = at.openedDirectory().stat(name);
        if (stat.isEmpty()) {
          return false;
        }
        boolean merges =
            stat.get().isDirectory()
                && !LayerEntries.isOpaque(at.openedDirectory(), name, marks)
                && at.openedDirectory().xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty();
        if (!merges || i == path.size() - 1) {
          return true;
        }
        at.open(name);
      }
      return false;
    }
  }
}
