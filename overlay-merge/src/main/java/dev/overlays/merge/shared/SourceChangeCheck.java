package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.DescendingDirectory;
import dev.overlays.merge.run.DirectoryMarks;
import dev.overlays.merge.survey.RenamedEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether an upper is about to change the entries of the lower on which a renamed directory or a
 * metacopy file of another upper relies.
 */
final class SourceChangeCheck {
  private final LayerDirectory changingUpper;
  private final MarkNamespace marks;

  SourceChangeCheck(LayerDirectory changing, MarkNamespace marks) {
    this.changingUpper = changing;
    this.marks = marks;
  }

  boolean isTouched(RenamedEntry entry) throws IOException {
    return entry.source() != null && isTouched(entry.source().namesFromRoot());
  }

  /** Any entry in the source directory counts as a change, and so does any entry in place of it. */
  private boolean isTouched(List<Name> path) throws IOException {
    try (DescendingDirectory at = new DescendingDirectory(changingUpper)) {
      for (int i = 0; i < path.size(); i++) {
        Name name = path.get(i);
        Optional<EntryStat> stat = at.currentDirectory().stat(name);
        if (stat.isEmpty()) {
          return false;
        }
        boolean merges =
            stat.get().isDirectory()
                && DirectoryMarks.isTransparent(at.currentDirectory(), name, marks);
        if (!merges || i == path.size() - 1) {
          return true;
        }
        at.descendTo(name);
      }
      return false;
    }
  }
}
