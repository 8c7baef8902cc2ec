package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/** Removes entries of the lower that the upper hides, so that no step shows in the view. */
final class LowerRemoval {
  private final MergeRun run;
  private final StagingDirectory trash;

  /** The trash is null where nothing can be moved into it. */
  LowerRemoval(MergeRun run, StagingDirectory trash) {
    this.run = run;
    this.trash = trash;
  }

  /** Removes an entry and everything in it. */
  void removeEntry(LayerDirectory lower, Name name, EntryType type, TreePlace place)
      throws IOException {
    if (type == EntryType.DIRECTORY) {
      TreeWalk.run(new DirectoryStep(lower, name, place, place.resolveChild(name), true));
    } else {
      removeLeaf(lower, name, place);
    }
  }

  private void removeLeaf(LayerDirectory lower, Name name, TreePlace place) throws IOException {
    if (run.changes().isDryRun()) {
      run.tally().countFreed(LayerEntries.requireStat(lower, name));
    }
    run.changes().removeEntry(lower, name);
    run.tally().countAction(MergeAction.DELETED, place, name);
  }

  /** Removes everything in a directory, but not the directory. */
  void emptyDirectory(LayerDirectory lower, Name name, TreePlace place) throws IOException {
    TreeWalk.run(new DirectoryStep(lower, name, place, place.resolveChild(name), false));
  }

  /** Removes everything in a directory, and its marks: it may be redirected itself. */
  void emptyAndRemoveMarks(LayerDirectory lower, Name name, TreePlace place) throws IOException {
    emptyDirectory(lower, name, place);
    run.changes().removeAllMarks(lower, name, lower.xattrs(name));
  }

  /** Removes the entries of a directory, and the directory if asked to. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final TreePlace place;
    private final TreePlace inside;
    private final boolean removesItself;
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean again = true;

    DirectoryStep(
        LayerDirectory parent,
        Name name,
        TreePlace place,
        TreePlace inside,
        boolean removesItself) {
      this.parent = parent;
      this.name = name;
      this.place = place;
      this.inside = inside;
      this.removesItself = removesItself;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (directory == null) {
        directory = parent.open(name);
      }
      while (entries != null || again) {
        if (entries == null) {
          entries = directory.entries();
          again = false;
        }
        TreeWalk.WalkStep inner = removeListed();
        if (inner != null) {
          return inner;
        }
        entries = null;
      }
      if (removesItself) {
        run.changes().removeDirectory(parent, name);
        run.tally().countAction(MergeAction.DELETED, place, name);
      }
      return null;
    }

    private TreeWalk.WalkStep removeListed() throws IOException {
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        run.throwIfEnding();
        again = !run.changes().isDryRun();
        EntryType type = entry.type();
        if (type == EntryType.UNKNOWN) {
          type = LayerEntries.requireStat(directory, entry.name()).type();
        }
        if (type == EntryType.DIRECTORY) {
          TreePlace below = inside.resolveChild(entry.name());
          return new DirectoryStep(directory, entry.name(), inside, below, true);
        }
        removeLeaf(directory, entry.name(), inside);
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }

  /**
   * Makes way for a directory of the upper: moves the lower's into the trash if another worker can
   * delete it there, otherwise empties it where it is.
   */
  void clearDirectory(LayerDirectory lower, Name name, TreePlace place) throws IOException {
    if (trash == null || run.changes().isDryRun() || !run.workers().hasRoom()) {
      emptyAndRemoveMarks(lower, name, place);
      return;
    }
    Name taken = trash.nextName();
    try {
      run.changes().renameEntry(lower, name, trash.openDirectory(), taken);
    } catch (AtomicMoveNotSupportedException e) {
      emptyAndRemoveMarks(lower, name, place);
      return;
    }
    run.workers().runAside(new TrashStep(taken, place.resolveChild(name)));
  }

  /** Removes a directory from the trash and counts its entries. */
  private final class TrashStep implements TreeWalk.WalkStep {
    private final Name taken;
    private final TreePlace place;
    private boolean begun;

    TrashStep(Name taken, TreePlace place) {
      this.taken = taken;
      this.place = place;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (!begun) {
        begun = true;
        return new DirectoryStep(trash.openDirectory(), taken, null, place, false);
      }
      run.changes().removeDirectory(trash.openDirectory(), taken);
      return null;
    }

    @Override
    public void close() {
      // It opens nothing.
    }
  }
}
