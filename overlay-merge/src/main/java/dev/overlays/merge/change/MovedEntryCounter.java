package dev.overlays.merge.change;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.TypedCursor;
import java.io.IOException;

/**
 * Counts entries that are moved out of the lower before the walk reaches them as deleted, since
 * from the lower alone they are.
 */
public final class MovedEntryCounter {
  private final MergeTally tally;

  public MovedEntryCounter(MergeTally tally) {
    this.tally = tally;
  }

  /** Counts an entry with everything in it. */
  public void countDeleted(LayerDirectory lower, Name name, EntryType type, TreePlace place)
      throws IOException {
    if (type == EntryType.DIRECTORY) {
      TreeWalk.run(new DirectoryCount(lower, place.resolveChild(name)));
    } else {
      tally.countAction(MergeAction.DELETED, place, name);
    }
  }

  /** Counts the entries of a directory, and then the directory. */
  private final class DirectoryCount implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final TreePlace place;
    private LayerDirectory directory;
    private TypedCursor entries;

    DirectoryCount(LayerDirectory parent, TreePlace place) {
      this.parent = parent;
      this.place = place;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (directory == null) {
        directory = parent.open(place.name());
        entries = new TypedCursor(directory);
      }
      while (entries.nextEntry()) {
        if (entries.entryType() == EntryType.DIRECTORY) {
          return new DirectoryCount(directory, place.resolveChild(entries.entryName()));
        }
        tally.countAction(MergeAction.DELETED, place, entries.entryName());
      }
      tally.countAction(MergeAction.DELETED, place.parent(), place.name());
      return null;
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }
}
