package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.change.OrphanWhiteouts;
import dev.overlays.merge.diff.EntryComparison;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides whether the view shows the same without an entry of the upper. */
final class RedundancyCheck {
  private final MarkNamespace marks;
  private final boolean ignoresAttributes;
  private final EntryComparison comparison;

  RedundancyCheck(LayerRoots lowers, boolean ignoresAttributes) throws IOException {
    marks = lowers.markNamespace();
    this.ignoresAttributes = ignoresAttributes;
    comparison = new EntryComparison(lowers);
  }

  /**
   * Checks an entry that is not a directory. An entry with several names is never redundant, since
   * the view would show other links. Marks are read last, since most entries do not need it.
   *
   * @return the disk space that its removal frees, in bytes; empty if the entry is needed
   */
  OptionalLong bytesOfRedundantLeaf(EntryComparison.UpperEntry entry, MergedDirectory below)
      throws IOException {
    EntryStat stat = entry.stat();
    Optional<ShownEntry> old = below.findShown(entry.name());
    if (old.isEmpty()
        || old.get().stat().type() != stat.type()
        || old.get().stat().size() != stat.size()
        || old.get().stat().links() > 1
        || stat.links() > 1) {
      return OptionalLong.empty();
    }
    if (!ignoresAttributes && !comparison.haveSameAttributes(entry, old.get())) {
      return OptionalLong.empty();
    }
    boolean metacopy = stat.type() == EntryType.FILE && hasMark(entry, Mark.METACOPY);
    boolean same =
        metacopy ? !isRedirected(entry) : EntryComparison.haveSameContent(entry, below, old.get());
    return same ? OptionalLong.of(bytesFreed(stat, metacopy)) : OptionalLong.empty();
  }

  /**
   * Returns the disk space of a file. The size of a metacopy file is that of data that it does not
   * have.
   */
  private static long bytesFreed(EntryStat stat, boolean metacopy) {
    if (stat.type() != EntryType.FILE) {
      return 0;
    }
    return stat.allocated() > 0 || metacopy ? stat.allocated() : stat.size();
  }

  /** Whether a directory or metacopy file is at another place in the lowers. */
  private boolean isRedirected(EntryComparison.UpperEntry entry) throws IOException {
    return hasMark(entry, Mark.REDIRECT);
  }

  private boolean hasMark(EntryComparison.UpperEntry entry, Mark mark) throws IOException {
    return entry.directory().xattr(entry.name(), mark.xattr(marks)).isPresent();
  }

  /** Checks an empty directory. */
  boolean isRedundantDirectory(EntryComparison.UpperEntry entry, MergedDirectory below)
      throws IOException {
    if (below.isInNoLayer() || isRedirected(entry) || OrphanWhiteouts.wouldBeListed(below, marks)) {
      return false;
    }
    if (ignoresAttributes) {
      return true;
    }
    ShownEntry old = below.topEntry();
    return entry.stat().modified().equals(old.stat().modified())
        && comparison.haveSameAttributes(entry, old);
  }
}
