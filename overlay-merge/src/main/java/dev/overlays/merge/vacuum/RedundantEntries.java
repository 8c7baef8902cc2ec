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

/** Whether the view shows the same without an entry of the upper. */
final class RedundantEntries {
  private final MarkNamespace marks;
  private final boolean contentOnly;
  private final EntryComparison comparison;

  RedundantEntries(LayerRoots lowers, boolean contentOnly) throws IOException {
    marks = lowers.marks();
    this.contentOnly = contentOnly;
    comparison = new EntryComparison(lowers);
  }

  /**
   * Asks for anything but a directory. What has several names is never redundant: the view would
   * show other links. The marks are looked at last, as most entries need not be asked for them.
   *
   * @return what the disk gets back, in bytes; empty if the entry is needed
   */
  OptionalLong ofLeaf(EntryComparison.ComparedEntry entry, MergedDirectory below)
      throws IOException {
    EntryStat stat = entry.stat();
    Optional<ShownEntry> old = below.find(entry.name());
    if (old.isEmpty()
        || old.get().stat().type() != stat.type()
        || old.get().stat().size() != stat.size()
        || old.get().stat().links() > 1
        || stat.links() > 1) {
      return OptionalLong.empty();
    }
    if (!contentOnly && !comparison.sameAttributes(entry, old.get())) {
      return OptionalLong.empty();
    }
    boolean metacopy = stat.type() == EntryType.FILE && hasMark(entry, Mark.METACOPY);
    boolean same =
        metacopy ? !isRedirected(entry) : EntryComparison.sameContent(entry, below, old.get());
    return same ? OptionalLong.of(bytesFreed(stat, metacopy)) : OptionalLong.empty();
  }

  /** A metacopy file states the size of data that it does not have. */
  private static long bytesFreed(EntryStat stat, boolean metacopy) {
    if (stat.type() != EntryType.FILE) {
      return 0;
    }
    return stat.allocated() > 0 || metacopy ? stat.allocated() : stat.size();
  }

  /** Whether a directory or metacopy file is somewhere else in the lowers. */
  private boolean isRedirected(EntryComparison.ComparedEntry entry) throws IOException {
    return hasMark(entry, Mark.REDIRECT);
  }

  private boolean hasMark(EntryComparison.ComparedEntry entry, Mark mark) throws IOException {
    return entry.directory().xattr(entry.name(), mark.xattr(marks)).isPresent();
  }

  /** Asks for a directory in which nothing is left. */
  boolean ofDirectory(EntryComparison.ComparedEntry entry, MergedDirectory below)
      throws IOException {
    if (below.isNothing() || isRedirected(entry) || OrphanWhiteouts.wouldShow(below, marks)) {
      return false;
    }
    if (contentOnly) {
      return true;
    }
    ShownEntry old = below.top();
    return entry.stat().modified().equals(old.stat().modified())
        && comparison.sameAttributes(entry, old);
  }
}
