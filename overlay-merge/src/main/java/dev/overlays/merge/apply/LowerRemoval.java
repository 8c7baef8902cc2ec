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
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/** Removes what the lower holds where the upper hides it: no step of this can be seen. */
final class LowerRemoval {
  private final MergeRun run;
  private final StagingDirectory trash;

  /** The trash is null where nothing can be moved out of the way. */
  LowerRemoval(MergeRun run, StagingDirectory trash) {
    this.run = run;
    this.trash = trash;
  }

  /** Removes an entry and all that is in it. */
  void removeEntry(LayerDirectory lower, Name name, EntryType type, ViewPlace place)
      throws IOException {
    if (type == EntryType.DIRECTORY) {
      TreeWalk.run(new DirectoryStep(lower, name, place, place.placeIn(name), true));
    } else {
      removeLeaf(lower, name, place);
    }
  }

  private void removeLeaf(LayerDirectory lower, Name name, ViewPlace place) throws IOException {
    if (run.changes().dryRun()) {
      run.tally().countFreed(LayerEntries.present(lower, name));
    }
    run.changes().removeEntry(lower, name);
    run.tally().countAction(MergeAction.DELETED, place, name);
  }

  /** Removes all that is in a directory, but not the directory. */
  void emptyDirectory(LayerDirectory lower, Name name, ViewPlace place) throws IOException {
    TreeWalk.run(new DirectoryStep(lower, name, place, place.placeIn(name), false));
  }

  /** The same, and it shows nothing of the layers below any more: it may be redirected itself. */
  void emptyAndFree(LayerDirectory lower, Name name, ViewPlace place) throws IOException {
    emptyDirectory(lower, name, place);
    run.changes().stripXattrs(lower, name, lower.xattrs(name));
  }

  /** Removes what is in a directory, and possibly the directory. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final ViewPlace place;
    private final ViewPlace inside;
    private final boolean removesItself;
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean again = true;

    DirectoryStep(
        LayerDirectory parent,
        Name name,
        ViewPlace place,
        ViewPlace inside,
        boolean removesItself) {
      this.parent = parent;
      this.name = name;
      this.place = place;
      this.inside = inside;
      this.removesItself = removesItself;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (directory == null) {
        directory = parent.open(name);
      }
      while (entries != null || again) {
        if (entries == null) {
          entries = directory.entries();
          again = false;
        }
        TreeWalk.Step inner = goOn();
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

    private TreeWalk.Step goOn() throws IOException {
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        run.checkCancelled();
        again = !run.changes().dryRun();
        EntryType type = entry.type();
        if (type == EntryType.UNKNOWN) {
          type = LayerEntries.present(directory, entry.name()).type();
        }
        if (type == EntryType.DIRECTORY) {
          ViewPlace below = inside.placeIn(entry.name());
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
   * Takes a directory away, so that the upper's can take its place at once: where another worker
   * can delete it meanwhile it is moved out of the way, otherwise it is emptied where it is.
   */
  void clearDirectory(LayerDirectory lower, Name name, ViewPlace place) throws IOException {
    if (trash == null || run.changes().dryRun() || !run.workers().haveRoom()) {
      emptyAndFree(lower, name, place);
      return;
    }
    Name taken = trash.nextName();
    try {
      run.changes().renameEntry(lower, name, trash.openDirectory(), taken);
    } catch (AtomicMoveNotSupportedException e) {
      emptyAndFree(lower, name, place);
      return;
    }
    run.workers().putAside(new TakenDirectory(taken, place.placeIn(name)));
  }

  /** Removes a directory that has been moved out of the way; what was in it is told of. */
  private final class TakenDirectory implements TreeWalk.Step {
    private final Name taken;
    private final ViewPlace place;
    private boolean begun;

    TakenDirectory(Name taken, ViewPlace place) {
      this.taken = taken;
      this.place = place;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (!begun) {
        begun = true;
        return new DirectoryStep(trash.openDirectory(), taken, null, place, false);
      }
      run.changes().removeDirectory(trash.openDirectory(), taken);
      return null;
    }

    @Override
    public void close() {
      // It has opened nothing.
    }
  }
}
