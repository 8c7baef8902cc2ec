package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Removes what the lower holds where the upper hides it: no step of this can be seen. */
final class LowerRemoval {
  private final Run run;
  private final Staging trash;

  /** The trash is null where nothing can be moved out of the way. */
  LowerRemoval(Run run, Staging trash) {
    this.run = run;
    this.trash = trash;
  }

  /** Removes an entry and all that is in it. */
  void remove(LayerDirectory lower, Name name, EntryType type, Place place) throws IOException {
    if (type == EntryType.DIRECTORY) {
      empty(lower, name, place);
      run.changes().removeDirectory(lower, name);
    } else {
      if (run.changes().dryRun()) {
        run.tally().freed(LayerEntries.present(lower, name));
      }
      run.changes().remove(lower, name);
    }
    run.tally().add(MergeAction.DELETED, place, name);
  }

  /** Removes all that is in a directory, but not the directory. */
  void empty(LayerDirectory lower, Name name, Place place) throws IOException {
    inside(lower, name, place.in(name));
  }

  /** The same, and it shows nothing of the layers below any more: it may be redirected itself. */
  void emptyAndFree(LayerDirectory lower, Name name, Place place) throws IOException {
    empty(lower, name, place);
    run.changes().strip(lower, name, lower.xattrs(name));
  }

  private void inside(LayerDirectory lower, Name name, Place inside) throws IOException {
    try (LayerDirectory directory = lower.open(name)) {
      boolean again = true;
      while (again) {
        again = false;
        EntryCursor entries = directory.entries();
        for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
          run.check();
          EntryType type = entry.type();
          if (type == EntryType.UNKNOWN) {
            type = LayerEntries.present(directory, entry.name()).type();
          }
          remove(directory, entry.name(), type, inside);
          again = !run.changes().dryRun();
        }
      }
    }
  }

  /**
   * Takes a directory away, so that the upper's can take its place at once: where another worker
   * can delete it meanwhile it is moved out of the way, otherwise it is emptied where it is.
   */
  void clear(LayerDirectory lower, Name name, Place place, Joins joins) throws IOException {
    if (trash == null || run.changes().dryRun() || !run.workers().haveRoom()) {
      emptyAndFree(lower, name, place);
      return;
    }
    LayerDirectory aside = trash.directory();
    Name taken = trash.next();
    run.changes().rename(lower, name, aside, taken);
    joins.aside(
        () -> {
          inside(aside, taken, place.in(name));
          run.changes().removeDirectory(aside, taken);
          return true;
        });
  }
}
