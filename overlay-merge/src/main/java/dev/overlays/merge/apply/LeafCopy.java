package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.Hit;
import dev.overlays.merge.change.FileCopy;
import dev.overlays.merge.change.Staging;
import dev.overlays.merge.run.MissingData;
import java.io.IOException;
import java.util.List;

/**
 * Copies an entry of the upper and puts the copy into the lower by one rename. Within one file
 * system this serves cases that a plain rename cannot: metacopy files whose inode has other names,
 * and files that become immutable. After a copy to another file system the upper's entry stays
 * until the copy is durable.
 */
final class LeafCopy {
  private final Run run;
  private final Staging staging;
  private final FileCopy copies;
  private final LinkedCopies links;

  /** The staging directory is on the lower's file system. */
  LeafCopy(Run run, Staging staging, LinkedCopies links) {
    this.run = run;
    this.staging = staging;
    this.copies = new FileCopy(run.changes());
    this.links = links;
  }

  void put(Level level, Name name, EntryStat stat, List<String> xattrs) throws IOException {
    if (isLinked(level, stat, xattrs)) {
      // Two workers may be at two names of one inode.
      synchronized (links) {
        if (!links.link(level, name, stat)) {
          put(level, name, stat, xattrs, true);
        }
      }
    } else {
      put(level, name, stat, xattrs, false);
    }
  }

  /** Whether the inode of an entry has, or had when the merge began, several names. */
  boolean isLinked(Level level, EntryStat stat, List<String> xattrs) throws IOException {
    return stat.links() > 1
        || xattrs.contains(Mark.MERGE_COPY.xattr(run.marks()))
        || links.areNoted(level, stat);
  }

  private void put(Level level, Name name, EntryStat stat, List<String> xattrs, boolean linked)
      throws IOException {
    boolean metacopy =
        stat.type() == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(run.marks()));
    Staging place = level.crossing().staging(level, run, staging);
    FileCopy.Source source = new FileCopy.Source(level.upper(), name, stat);
    Name copy = metacopy ? whole(level, name, source, place) : copies.copy(source, source, place);
    if (stat.type() == EntryType.FILE && !level.copies()) {
      place.directory().syncFile(copy);
    }
    run.changes().rename(place.directory(), copy, level.lower(), name);
    if (linked) {
      links.made(level, name);
    }
  }

  private Name whole(Level level, Name name, FileCopy.Source attributes, Staging place)
      throws IOException {
    Name[] copy = new Name[1];
    data(
        level,
        name,
        run.marks(),
        (layer, directory, source, stat) ->
            copy[0] = copies.copy(new FileCopy.Source(directory, source, stat), attributes, place));
    if (copy[0] == null) {
      throw MissingData.of(level.upper(), name);
    }
    return copy[0];
  }

  /** Finds the data of a metacopy file of the upper, and calls {@code hit} with it. */
  static void data(Level level, Name name, MarkNamespace marks, Hit hit) throws IOException {
    LayerDirectory lower = level.lower();
    EntryStat old = lower.stat(name).orElse(null);
    if (old == null) {
      level.below().data(level.upper(), name, hit);
    } else if (lower.xattr(name, Mark.METACOPY.xattr(marks)).isPresent()) {
      level.below().data(lower, name, hit);
    } else if (old.type() == EntryType.FILE && !LayerEntries.isWhiteout(lower, name, old, marks)) {
      hit.found(0, lower, name, old);
    }
  }
}
