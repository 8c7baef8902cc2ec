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
import dev.overlays.merge.run.TreePlace;
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
  private final MergeRun run;

  TreeMove(MergeRun run) {
    this.run = run;
  }

  /** Moves a tree. The directory keeps its opaque mark if it has to hide those of layers below. */
  void moveTree(MergeLevel level, Name name, EntryStat stat, boolean keepsOpaque)
      throws IOException {
    TreeWalk.run(new FreeingStep(level.upper(), name, stat, level.place(), keepsOpaque));
    run.changes().renameEntry(level.upper(), name, level.lower(), name);
  }

  /** Removes marks and whiteouts from a directory and everything in it, and keeps its times. */
  private final class FreeingStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final EntryStat stat;
    private final TreePlace place;
    private final TreePlace inside;
    private final boolean keepsOpaque;
    private List<String> xattrs;
    private boolean changed;
    private EntryStat before;
    private LayerDirectory directory;
    private EntryCursor entries;

    FreeingStep(
        LayerDirectory parent, Name name, EntryStat stat, TreePlace place, boolean keepsOpaque) {
      this.parent = parent;
      this.name = name;
      this.stat = stat;
      this.place = place;
      this.keepsOpaque = keepsOpaque;
      inside = place.resolveChild(name);
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (entries == null) {
        beginDirectory();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        run.throwIfEnding();
        Optional<List<String>> plain = run.plainMarks(inside, entry);
        if (plain.isPresent()) {
          run.changes().removeAllMarks(directory, entry.name(), plain.get());
          run.tally().countAction(MergeAction.ADDED, inside, entry.name());
          continue;
        }
        EntryStat inner = LayerEntries.requireStat(directory, entry.name());
        if (inner.isDirectory()) {
          return new FreeingStep(directory, entry.name(), inner, inside, false);
        }
        freeLeaf(entry.name(), inner);
      }
      finishDirectory();
      return null;
    }

    private void beginDirectory() throws IOException {
      xattrs = new ArrayList<>(parent.xattrs(name));
      changed = xattrs.contains(timeMark());
      before = changed ? run.times().rememberTime(parent, name, stat) : stat;
      directory = parent.open(name);
      entries = directory.entries();
    }

    private String timeMark() {
      return Mark.MERGE_TIME.xattr(run.marks());
    }

    private void freeLeaf(Name leaf, EntryStat inner) throws IOException {
      if (LayerEntries.isWhiteout(directory, leaf, inner, run.marks())) {
        if (!changed) {
          run.times().rememberTime(parent, name, stat);
          xattrs.add(timeMark());
          changed = true;
        }
        run.changes().removeEntry(directory, leaf);
        run.tally().countWhiteout();
      } else {
        run.changes()
            .removeAllMarks(directory, leaf, run.listXattrs(directory, inside, leaf, inner));
        run.tally().countMoved(MergeAction.ADDED, inside, leaf, inner);
      }
    }

    private void finishDirectory() throws IOException {
      if (changed) {
        run.changes().setTimes(parent, name, before);
      }
      if (keepsOpaque) {
        xattrs.remove(Mark.OPAQUE.xattr(run.marks()));
      }
      run.changes().removeAllMarks(parent, name, xattrs);
      run.tally().countAction(MergeAction.ADDED, place, name);
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }
}
