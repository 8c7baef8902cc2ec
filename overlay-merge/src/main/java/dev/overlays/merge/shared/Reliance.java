package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.DescendingDirectory;
import dev.overlays.merge.run.DirectoryMarks;
import dev.overlays.merge.survey.Renamed;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether an upper is about to change the entries of the lower on which a renamed directory or a
 * metacopy file of another upper relies.
 */
final class Reliance {
  private final LayerDirectory changing;
  private final MarkNamespace marks;

  Reliance(LayerDirectory changing, MarkNamespace marks) {
    this.changing = changing;
    this.marks = marks;
  }

  boolean isTouched(Renamed entry) throws IOException {
    return entry.source() != null && isTouched(entry.source().names());
  }

  /** Any entry in the source directory counts as a change, and so does any entry in place of it. */
  private boolean isTouched(List<Name> path) throws IOException {
    try (DescendingDirectory at = new DescendingDirectory(changing)) {
      for (int i = 0; i < path.size(); i++) {
        Name name = path.get(i);
        Optional<EntryStat> stat = at.directory().stat(name);
        if (stat.isEmpty()) {
          return false;
        }
        boolean merges =
            stat.get().isDirectory() && DirectoryMarks.isTransparent(at.directory(), name, marks);
        if (!merges || i == path.size() - 1) {
          return true;
        }
        at.open(name);
      }
      return false;
    }
  }
}
