package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves a directory of the upper to where the lower has nothing or an empty directory. Removes
 * marks and whiteouts from the tree, since they have nothing to hide there, and renames it as a
 * whole.
 */
final class TreeMove {
  private final Run run;

  TreeMove(Run run) {
    this.run = run;
  }

  /** Moves a tree. The directory keeps its opaque mark if it has to hide those of layers below. */
  void move(Level level, Name name, EntryStat stat, boolean keepsOpaque) throws IOException {
    TreeWalk.run(new Freeing(level.upper(), name, stat, level.place(), keepsOpaque));
    run.changes().rename(level.upper(), name, level.lower(), name);
  }

  /** Removes marks and whiteouts from a directory and everything in it, and keeps its times. */
  private final class Freeing implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final EntryStat stat;
    private final Place place;
    private final Place inside;
    private final boolean keepsOpaque;
    private List<String> xattrs;
    private boolean changed;
    private EntryStat before;
    private LayerDirectory directory;
    private EntryCursor entries;

    Freeing(LayerDirectory parent, Name name, EntryStat stat, Place place, boolean keepsOpaque) {
      this.parent = parent;
      this.name = name;
      this.stat = stat;
      this.place = place;
      this.keepsOpaque = keepsOpaque;
      inside = place.in(name);
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      if (entries == null) {
        begin();
      }
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
          return new Freeing(directory, entry.name(), inner, inside, false);
        }
        leaf(entry.name(), inner);
      }
      end();
      return null;
    }

    private void begin() throws IOException {
      xattrs = new ArrayList<>(parent.xattrs(name));
      changed = xattrs.contains(timeMark());
      before = changed ? run.times().remember(parent, name, stat) : stat;
      directory = parent.open(name);
      entries = directory.entries();
    }

    private String timeMark() {
      return Mark.MERGE_TIME.xattr(run.marks());
    }

    private void leaf(Name leaf, EntryStat inner) throws IOException {
      if (LayerEntries.isWhiteout(directory, leaf, inner, run.marks())) {
        if (!changed) {
          run.times().remember(parent, name, stat);
          xattrs.add(timeMark());
          changed = true;
        }
        run.changes().remove(directory, leaf);
        run.tally().whiteout();
      } else {
        run.changes().strip(directory, leaf, run.xattrs(directory, inside, leaf, inner));
        run.tally().moved(MergeAction.ADDED, inside, leaf, inner);
      }
    }

    private void end() throws IOException {
      if (changed) {
        run.changes().setTimes(parent, name, before);
      }
      if (keepsOpaque) {
        xattrs.remove(Mark.OPAQUE.xattr(run.marks()));
      }
      run.changes().strip(parent, name, xattrs);
      run.tally().add(MergeAction.ADDED, place, name);
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }
}
