package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.merge.lookup.MergedDirectory.Shown;
import java.io.IOException;
import java.util.Optional;

/** Whether the view shows the same without an entry of the upper. */
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
   * Asks for anything but a directory. What has several names is never redundant: the view would
   * show other links.
   */
  boolean ofLeaf(Comparison.Entry entry, boolean metacopy, MergedDirectory below)
      throws IOException {
    EntryStat stat = entry.stat();
    Optional<Shown> old = below.find(entry.name());
    if (old.isEmpty()
        || old.get().stat().type() != stat.type()
        || old.get().stat().size() != stat.size()
        || old.get().stat().links() > 1
        || stat.links() > 1) {
      return false;
    }
    if (!contentOnly && !comparison.sameAttributes(entry, old.get())) {
      return false;
    }
    return metacopy ? !isRedirected(entry) : Comparison.sameContent(entry, below, old.get());
  }

  /** Whether a file carries metadata only, so that its data is what the lowers have. */
  boolean isMetacopy(Comparison.Entry entry) throws IOException {
    return entry.stat().type() == EntryType.FILE && has(entry, Mark.METACOPY);
  }

  /** Whether a directory or metacopy file is somewhere else in the lowers. */
  boolean isRedirected(Comparison.Entry entry) throws IOException {
    return has(entry, Mark.REDIRECT);
  }

  private boolean has(Comparison.Entry entry, Mark mark) throws IOException {
    return entry.directory().xattr(entry.name(), mark.xattr(marks)).isPresent();
  }

  /** Asks for a directory in which nothing is left. */
  boolean ofDirectory(Comparison.Entry entry, MergedDirectory below) throws IOException {
    if (below.isNothing() || isRedirected(entry)) {
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
