package dev.overlays.merge.change;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.run.Tally;
import dev.overlays.merge.run.TypedCursor;
import java.io.IOException;

/**
 * Counts entries that are moved out of the lower before the walk reaches them as deleted, since
 * from the lower alone they are.
 */
public final class MovedAway {
  private final Tally tally;

  public MovedAway(Tally tally) {
    this.tally = tally;
  }

  /** Counts an entry with everything in it. */
  public void count(LayerDirectory lower, Name name, EntryType type, Place place)
      throws IOException {
    if (type == EntryType.DIRECTORY) {
      TreeWalk.run(new Directory(lower, place.in(name)));
    } else {
      tally.add(MergeAction.DELETED, place, name);
    }
  }

  /** Counts the entries of a directory, and then the directory. */
  private final class Directory implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Place place;
    private LayerDirectory directory;
    private TypedCursor entries;

    Directory(LayerDirectory parent, Place place) {
      this.parent = parent;
      this.place = place;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      if (directory == null) {
        directory = parent.open(place.name());
        entries = new TypedCursor(directory);
      }
      while (entries.next()) {
        if (entries.type() == EntryType.DIRECTORY) {
          return new Directory(directory, place.in(entries.name()));
        }
        tally.add(MergeAction.DELETED, place, entries.name());
      }
      tally.add(MergeAction.DELETED, place.parent(), place.name());
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
