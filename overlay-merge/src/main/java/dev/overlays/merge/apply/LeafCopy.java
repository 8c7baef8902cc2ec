package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import dev.overlays.merge.change.EntryCopier;
import dev.overlays.merge.change.StagingDirectory;
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
  private final MergeRun run;
  private final StagingDirectory staging;
  private final EntryCopier copies;
  private final LinkedCopies links;

  /** The staging directory is on the lower's file system. */
  LeafCopy(MergeRun run, StagingDirectory staging, LinkedCopies links) {
    this.run = run;
    this.staging = staging;
    this.copies = new EntryCopier(run.changes());
    this.links = links;
  }

  void putCopy(MergeLevel level, Name name, EntryStat stat, List<String> xattrs)
      throws IOException {
    if (isLinked(level, stat, xattrs)) {
      // Two workers may be at two names of one inode.
      synchronized (links) {
        if (!links.linkToCopy(level, name, stat)) {
          copyAndRename(level, name, stat, xattrs, true);
        }
      }
    } else {
      copyAndRename(level, name, stat, xattrs, false);
    }
  }

  /**
   * Copies a file that has neither extended attributes but marks nor other names. Returns its
   * state.
   */
  EntryStat putPlainCopy(MergeLevel level, Name name) throws IOException {
    StagingDirectory place = level.transfer().stagingFor(level, run, staging);
    EntryCopier.PlainCopy copied = copies.copyPlainFile(level.upper(), name, place);
    run.changes().renameEntry(place.openDirectory(), copied.name(), level.lower(), name);
    return copied.stat();
  }

  /** Whether the inode of an entry has, or had when the merge began, several names. */
  boolean isLinked(MergeLevel level, EntryStat stat, List<String> xattrs) throws IOException {
    return stat.links() > 1
        || xattrs.contains(Mark.MERGE_COPY.xattr(run.marks()))
        || links.isNoted(level, stat);
  }

  private void copyAndRename(
      MergeLevel level, Name name, EntryStat stat, List<String> xattrs, boolean linked)
      throws IOException {
    boolean metacopy =
        stat.type() == EntryType.FILE && xattrs.contains(Mark.METACOPY.xattr(run.marks()));
    StagingDirectory place = level.transfer().stagingFor(level, run, staging);
    boolean plain = level.usesCopies() && xattrs.stream().allMatch(run.marks()::isMark);
    EntryCopier.CopySource source = new EntryCopier.CopySource(level.upper(), name, stat, plain);
    Name copy =
        metacopy
            ? copyMetacopy(level, name, source, place)
            : copies.copyEntry(source, source, place);
    if (stat.type() == EntryType.FILE && !level.usesCopies()) {
      place.openDirectory().syncFile(copy);
    }
    run.changes().renameEntry(place.openDirectory(), copy, level.lower(), name);
    if (linked) {
      links.recordCopy(level, name);
    }
  }

  private Name copyMetacopy(
      MergeLevel level, Name name, EntryCopier.CopySource attributes, StagingDirectory place)
      throws IOException {
    Name[] copy = new Name[1];
    findData(
        level,
        name,
        run.marks(),
        (layer, directory, source, stat) ->
            copy[0] =
                copies.copyEntry(
                    new EntryCopier.CopySource(directory, source, stat), attributes, place));
    if (copy[0] == null) {
      throw MissingData.of(level.upper(), name);
    }
    return copy[0];
  }

  /** Finds the data of a metacopy file of the upper, and calls {@code hit} with it. */
  static void findData(MergeLevel level, Name name, MarkNamespace marks, LookupVisitor hit)
      throws IOException {
    LayerDirectory lower = level.lower();
    EntryStat old = lower.stat(name).orElse(null);
    if (old == null) {
      level.below().findData(level.upper(), name, hit);
    } else if (lower.xattr(name, Mark.METACOPY.xattr(marks)).isPresent()) {
      level.below().findData(lower, name, hit);
    } else if (old.type() == EntryType.FILE && !LayerEntries.isWhiteout(lower, name, old, marks)) {
      hit.visitFound(0, lower, name, old);
    }
  }
}
