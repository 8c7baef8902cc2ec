package dev.overlays.merge.vacuum;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.Shown;
import dev.overlays.merge.change.OrphanWhiteouts;
import dev.overlays.merge.diff.Comparison;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides whether the view shows the same without an entry of the upper. */
final class Redundancy {
  private final MarkNamespace marks;
  private final boolean contentOnly;
  private final Comparison comparison;

  Redundancy(LayerRoots lowers, boolean contentOnly) throws IOException {
    marks = lowers.marks();
    this.contentOnly = contentOnly;
    comparison = new Comparison(lowers);
  }

  /**
   * Checks an entry that is not a directory. An entry with several names is never redundant, since
   * the view would show other links. Marks are read last, since most entries do not need it.
   *
   * @return the disk space that its removal frees, in bytes; empty if the entry is needed
   */
  OptionalLong ofLeaf(Comparison.Entry entry, MergedDirectory below) throws IOException {
    EntryStat stat = entry.stat();
    Optional<Shown> old = below.find(entry.name());
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
    boolean metacopy = stat.type() == EntryType.FILE && has(entry, Mark.METACOPY);
    boolean same =
        metacopy ? !isRedirected(entry) : Comparison.sameContent(entry, below, old.get());
    return same ? OptionalLong.of(bytes(stat, metacopy)) : OptionalLong.empty();
  }

  /**
   * Returns the disk space of a file. The size of a metacopy file is that of data that it does not
   * have.
   */
  private static long bytes(EntryStat stat, boolean metacopy) {
    if (stat.type() != EntryType.FILE) {
      return 0;
    }
    return stat.allocated() > 0 || metacopy ? stat.allocated() : stat.size();
  }

  /** Whether a directory or metacopy file is at another place in the lowers. */
  private boolean isRedirected(Comparison.Entry entry) throws IOException {
    return has(entry, Mark.REDIRECT);
  }

  private boolean has(Comparison.Entry entry, Mark mark) throws IOException {
    return entry.directory().xattr(entry.name(), mark.xattr(marks)).isPresent();
  }

  /** Checks an empty directory. */
  boolean ofDirectory(Comparison.Entry entry, MergedDirectory below) throws IOException {
    if (below.isNothing() || isRedirected(entry) || OrphanWhiteouts.wouldShow(below, marks)) {
      return false;
    }
    if (contentOnly) {
      return true;
    }
    Shown old = below.top();
    return entry.stat().modified().equals(old.stat().modified())
        && comparison.sameAttributes(entry, old);
  }
}
