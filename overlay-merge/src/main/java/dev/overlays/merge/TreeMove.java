package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a directory of the upper to where the lower has nothing, or an empty directory: frees the
 * tree from marks and whiteouts, which have nothing to hide there, and renames it as a whole.
 */
final class TreeMove {
  private final Run run;

  TreeMove(Run run) {
    this.run = run;
  }

  /** A directory that has to hide those of layers below keeps its opaque mark. */
  void move(Level level, Name name, EntryStat stat, boolean keepsOpaque) throws IOException {
    free(level.upper(), name, stat, level.place(), keepsOpaque);
    run.changes().rename(level.upper(), name, level.lower(), name);
  }

  /** Frees a directory and all that is in it; it keeps its times. */
  private void free(
      LayerDirectory parent, Name name, EntryStat stat, Place place, boolean keepsOpaque)
      throws IOException {
    List<String> xattrs = new ArrayList<>(parent.xattrs(name));
    String timeMark = Mark.MERGE_TIME.xattr(run.marks());
    boolean changed = xattrs.contains(timeMark);
    EntryStat before = changed ? run.times().remember(parent, name, stat) : stat;
    Place inside = place.in(name);
    try (LayerDirectory directory = parent.open(name)) {
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        run.check();
        Optional<List<String>> plain = run.plain(inside, entry);
        if (plain.isPresent()) {
          run.changes().strip(directory, entry.name(), plain.get());
          run.tally().add(MergeAction.ADDED, inside, entry.name());
          continue;
        }
        EntryStat inner = LayerEntries.present(directory, entry.name());
        if (inner.isDirectory()) {
          free(directory, entry.name(), inner, inside, false);
        } else if (LayerEntries.isWhiteout(directory, entry.name(), inner, run.marks())) {
          if (!changed) {
            run.times().remember(parent, name, stat);
            xattrs.add(timeMark);
            changed = true;
          }
          run.changes().remove(directory, entry.name());
          run.tally().whiteout();
        } else {
          run.changes()
              .strip(directory, entry.name(), run.xattrs(directory, inside, entry.name(), inner));
          run.tally().moved(MergeAction.ADDED, inside, entry.name(), inner);
        }
      }
    }
    if (changed) {
      run.changes().setTimes(parent, name, before);
    }
    if (keepsOpaque) {
      xattrs.remove(Mark.OPAQUE.xattr(run.marks()));
    }
    run.changes().strip(parent, name, xattrs);
    run.tally().add(MergeAction.ADDED, place, name);
  }
}
