package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.change.Staging;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.Place;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/** Removes entries of the lower that the upper hides, so that no step shows in the view. */
final class LowerRemoval {
  private final Run run;
  private final Staging trash;

  /** The trash is null where nothing can be moved into it. */
  LowerRemoval(Run run, Staging trash) {
    this.run = run;
    this.trash = trash;
  }

  /** Removes an entry and everything in it. */
  void remove(LayerDirectory lower, Name name, EntryType type, Place place) throws IOException {
    if (type == EntryType.DIRECTORY) {
      TreeWalk.run(new Inside(lower, name, place, place.in(name), true));
    } else {
      leaf(lower, name, place);
    }
  }

  private void leaf(LayerDirectory lower, Name name, Place place) throws IOException {
    if (run.changes().dryRun()) {
      run.tally().freed(LayerEntries.present(lower, name));
    }
    run.changes().remove(lower, name);
    run.tally().add(MergeAction.DELETED, place, name);
  }

  /** Removes everything in a directory, but not the directory. */
  void empty(LayerDirectory lower, Name name, Place place) throws IOException {
    TreeWalk.run(new Inside(lower, name, place, place.in(name), false));
  }

  /** Removes everything in a directory, and its marks: it may be redirected itself. */
  void emptyAndFree(LayerDirectory lower, Name name, Place place) throws IOException {
    empty(lower, name, place);
    run.changes().strip(lower, name, lower.xattrs(name));
  }

  /** Removes the entries of a directory, and the directory if asked to. */
  private final class Inside implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private final Place place;
    private final Place inside;
    private final boolean removesItself;
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean again = true;

    Inside(LayerDirectory parent, Name name, Place place, Place inside, boolean removesItself) {
      this.parent = parent;
      this.name = name;
      this.place = place;
      this.inside = inside;
      this.removesItself = removesItself;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
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
        run.tally().add(MergeAction.DELETED, place, name);
      }
      return null;
    }

    private TreeWalk.Step goOn() throws IOException {
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        run.check();
        again = !run.changes().dryRun();
        EntryType type = entry.type();
        if (type == EntryType.UNKNOWN) {
          type = LayerEntries.present(directory, entry.name()).type();
        }
        if (type == EntryType.DIRECTORY) {
          return new Inside(directory, entry.name(), inside, inside.in(entry.name()), true);
        }
        leaf(directory, entry.name(), inside);
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
  void clear(LayerDirectory lower, Name name, Place place) throws IOException {
    if (trash == null || run.changes().dryRun() || !run.workers().haveRoom()) {
      emptyAndFree(lower, name, place);
      return;
    }
    Name taken = trash.next();
    try {
      run.changes().rename(lower, name, trash.directory(), taken);
    } catch (AtomicMoveNotSupportedException e) {
      emptyAndFree(lower, name, place);
      return;
    }
    run.workers().aside(new Taken(taken, place.in(name)));
  }

  /** Removes a directory from the trash and counts its entries. */
  private final class Taken implements TreeWalk.Step {
    private final Name taken;
    private final Place place;
    private boolean begun;

    Taken(Name taken, Place place) {
      this.taken = taken;
      this.place = place;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      if (!begun) {
        begun = true;
        return new Inside(trash.directory(), taken, null, place, false);
      }
      run.changes().removeDirectory(trash.directory(), taken);
      return null;
    }

    @Override
    public void close() {
      // It opens nothing.
    }
  }
}
