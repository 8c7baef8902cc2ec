package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import dev.overlays.merge.change.FileCopy;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MissingData;
import java.io.IOException;
import java.util.List;

/**
 * Puts a copy of an upper's entry into the lower, by one rename. On one file system that is for
 * what a rename cannot do: the data of a metacopy file whose inode has other names, and files that
 * become immutable. A copy to another file system leaves the upper's entry where it is, to be
 * removed when the copy is known to be on the disk.
 */
final class LeafCopy {
  private final MergeRun run;
  private final StagingDirectory staging;
  private final FileCopy copies;
  private final LinkedCopies links;

  /** The staging directory is on the lower's file system. */
  LeafCopy(MergeRun run, StagingDirectory staging, LinkedCopies links) {
    this.run = run;
    this.staging = staging;
    this.copies = new FileCopy(run.changes());
    this.links = links;
  }

  void putCopy(MergeLevel level, Name name, EntryStat stat, List<String> xattrs)
      throws IOException {
    if (isLinked(level, stat, xattrs)) {
      // Two workers may have met two names of one inode.
      synchronized (links) {
        if (!links.linkCopy(level, name, stat)) {
          putCopy(level, name, stat, xattrs, true);
        }
      }
    } else {
      putCopy(level, name, stat, xattrs, false);
    }
  }

  /** Whether an entry may be a name of an inode that has several, or had when the merge began. */
  boolean isLinked(MergeLevel level, EntryStat stat, List<String> xattrs) throws IOException {
    return stat.links() > 1
        || xattrs.contains(Mark.MERGE_COPY.xattr(run.marks()))
        || links.areNoted(level, stat);
  }

  private void putCopy(
      MergeLevel level, Name name, EntryStat stat, List<String> xattrs, boolean linked)
      throws IOException {
    boolean metacopy =
        stat.type() == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(run.marks()));
    StagingDirectory place = level.crossing().stagingOf(level, run, staging);
    FileCopy.CopySource source = new FileCopy.CopySource(level.upper(), name, stat);
    Name copy =
        metacopy ? copyWhole(level, name, source, place) : copies.copyFile(source, source, place);
    if (stat.type() == EntryType.FILE && !level.copiesEntries()) {
      place.openDirectory().syncFile(copy);
    }
    run.changes().renameEntry(place.openDirectory(), copy, level.lower(), name);
    if (linked) {
      links.rememberedCopy(level, name);
    }
  }

  private Name copyWhole(
      MergeLevel level, Name name, FileCopy.CopySource attributes, StagingDirectory place)
      throws IOException {
    Name[] copy = new Name[1];
    findData(
        level,
        name,
        run.marks(),
        (layer, directory, source, stat) ->
            copy[0] =
                copies.copyFile(
                    new FileCopy.CopySource(directory, source, stat), attributes, place));
    if (copy[0] == null) {
      throw MissingData.of(level.upper(), name);
    }
    return copy[0];
  }

  /** Finds the data of a metacopy file of the upper. */
  static void findData(MergeLevel level, Name name, MarkNamespace marks, LookupVisitor hit)
      throws IOException {
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
