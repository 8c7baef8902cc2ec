package dev.overlays.merge.change;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.run.TypedCursor;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;

/**
 * Counts as deleted what is moved out of the lower before the walk gets there, which is how it
 * looks to whoever knows only the lower.
 */
public final class MovedAway {
  private final MergeTally tally;

  public MovedAway(MergeTally tally) {
    this.tally = tally;
  }

  /** Counts an entry with all that is in it. */
  public void countEntry(LayerDirectory lower, Name name, EntryType type, ViewPlace place)
      throws IOException {
    if (type == EntryType.DIRECTORY) {
      TreeWalk.run(new DirectoryStep(lower, place.placeIn(name)));
    } else {
      tally.countAction(MergeAction.DELETED, place, name);
    }
  }

  /** Counts what is in a directory, and then the directory. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final ViewPlace place;
    private LayerDirectory directory;
    private TypedCursor entries;

    DirectoryStep(LayerDirectory parent, ViewPlace place) {
      this.parent = parent;
      this.place = place;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (directory == null) {
        directory = parent.open(place.name());
        entries = new TypedCursor(directory);
      }
      while (entries.nextEntry()) {
        if (entries.entryType() == EntryType.DIRECTORY) {
          return new DirectoryStep(directory, place.placeIn(entries.entryName()));
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
