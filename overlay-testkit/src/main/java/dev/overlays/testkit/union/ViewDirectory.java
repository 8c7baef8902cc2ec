package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A directory of the view: the upper's directory merged over those of the layers below. As long as
 * it has a holder, the same object survives copy-up, renames and removal. Guarded by the lock of
 * its {@link UnionTree}.
 */
final class ViewDirectory {
  private final UnionTree tree;
  private final MergedDirectory below;
  private final Map<Name, ViewDirectory> children = new HashMap<>();
  private ViewDirectory parent;
  private Name name;
  private boolean inUpper;
  private LayerDirectory upper;
  private boolean removed;
  private boolean expectsNewNames = true;
  private int holders;

  /** Creates the root. */
  ViewDirectory(UnionTree tree, MergedDirectory below, LayerDirectory upper) {
    this.tree = tree;
    this.below = below;
    this.upper = upper;
    inUpper = upper != null;
    parent = this;
  }

  private ViewDirectory(ViewDirectory parent, Name name, MergedDirectory below, boolean inUpper) {
    tree = parent.tree;
    this.parent = parent;
    this.name = name;
    this.below = below;
    this.inUpper = inUpper;
  }

  /** Returns the parent directory; the root is its own parent. */
  ViewDirectory parent() {
    return parent;
  }

  /** Returns its name; null for the root. */
  Name name() {
    return name;
  }

  boolean isRoot() {
    return parent == this;
  }

  boolean isRemoved() {
    return removed;
  }

  boolean isIn(ViewDirectory other) {
    ViewDirectory at = this;
    while (at != other && !at.isRoot()) {
      at = at.parent;
    }
    return at == other;
  }

  boolean inUpper() {
    return inUpper;
  }

  /** Returns the names from the root to this directory. */
  List<Name> pathNames() {
    List<Name> path = new ArrayList<>();
    for (ViewDirectory at = this; !at.isRoot(); at = at.parent) {
      path.add(at.name);
    }
    Collections.reverse(path);
    return path;
  }

  /** Returns the merged directory of the layers below the upper. */
  MergedDirectory mergedBelow() {
    return below;
  }

  boolean isMerged() {
    return !below.isInNoLayer();
  }

  boolean isOnlyInUpper() {
    return inUpper && !removed && !isMerged();
  }

  /** Whether the next file that is to be created if it is missing will probably be missing. */
  boolean expectsNewNames() {
    return expectsNewNames;
  }

  void expectNewNames(boolean expected) {
    expectsNewNames = expected;
  }

  /** Returns the upper's own directory; it has the same path as in the view. */
  LayerDirectory upperDirectory() throws IOException {
    if (upper != null) {
      return upper;
    }
    Deque<ViewDirectory> unopened = new ArrayDeque<>();
    for (ViewDirectory at = this; at.upper == null; at = at.parent) {
      unopened.push(at);
    }
    for (ViewDirectory next : unopened) {
      next.upper = next.parent.upper.open(next.name);
    }
    return upper;
  }

  /** Returns the entry that the view shows for this directory itself. */
  ViewEntry ownEntry() throws IOException {
    return inUpper
        ? ViewEntry.ofUpper(
            upperDirectory(), Name.SELF, LayerEntries.requireStat(upperDirectory(), Name.SELF))
        : ViewEntry.ofLower(below.topEntry());
  }

  /** Finds the entry that the view shows under a name. */
  NameLookup findEntry(Name child) throws IOException {
    if (removed) {
      return NameLookup.NOTHING;
    }
    if (inUpper) {
      Optional<EntryStat> stat = upperDirectory().stat(child);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(
                upperDirectory(), child, stat.get(), tree.unionLayers().markNamespace())
            ? NameLookup.ofWhiteout()
            : NameLookup.ofUpper(ViewEntry.ofUpper(upperDirectory(), child, stat.get()));
      }
    }
    return NameLookup.ofLowers(below.findShown(child).map(ViewEntry::ofLower));
  }

  /** Returns the directory that the view shows under a name. */
  ViewDirectory childDirectory(Name child, ViewEntry entry) throws IOException {
    ViewDirectory known = children.get(child);
    if (known != null) {
      return known;
    }
    MergedDirectory inner = entry.inUpper() ? openBelow(child) : below.openMerged(child);
    return addChild(new ViewDirectory(this, child, inner, entry.inUpper()));
  }

  /**
   * Opens what lies below a directory of the upper. If redirects are not followed, a directory that
   * is not merged has nothing below it.
   */
  private MergedDirectory openBelow(Name child) throws IOException {
    if (below.isInNoLayer() && !tree.unionLayers().followsRedirects()) {
      return below.emptyDirectory();
    }
    MergedDirectory inner = below.below(upperDirectory(), child);
    if (!inner.isInNoLayer()
        && !tree.unionLayers().followsRedirects()
        && upperDirectory().xattr(child, tree.unionLayers().xattrName(Mark.REDIRECT)).isPresent()) {
      inner.close();
      throw ErrorNumber.EPERM.toException();
    }
    return inner;
  }

  private ViewDirectory addChild(ViewDirectory child) {
    children.put(child.name, child);
    tree.directoryOpened(child);
    return child;
  }

  /** Lists the entries that the view shows, each name once. */
  List<LayerEntry> listEntries() throws IOException {
    return removed
        ? List.of()
        : UnionListing.of(this, tree.unionLayers().xattrName(Mark.WHITEOUT)).shownEntries();
  }

  /** Called when the directory has been copied up. */
  void copiedUp() {
    inUpper = true;
  }

  /** Called when a child directory has been removed. */
  void childRemoved(Name child) throws IOException {
    ViewDirectory gone = children.remove(child);
    if (gone != null) {
      gone.removed = true;
      gone.closeUpper();
      gone.closeUnlessHeld();
    }
  }

  /**
   * Called when a child directory has been renamed; the layers below keep it under its old path.
   */
  void childMoved(Name child, ViewDirectory target, Name newName) throws IOException {
    ViewDirectory moving = children.remove(child);
    if (moving != null) {
      moving.closeUpper();
      moving.parent = target;
      moving.name = newName;
      target.children.put(newName, moving);
    }
  }

  /** Closes the handles below, because a store may identify directories by path. */
  private void closeUpper() throws IOException {
    for (ViewDirectory next : innermostFirst()) {
      if (next.upper != null && !next.isRoot()) {
        next.upper.close();
        next.upper = null;
      }
    }
  }

  /** Returns all known directories below this one, children before parents, this one last. */
  private Deque<ViewDirectory> innermostFirst() {
    Deque<ViewDirectory> left = new ArrayDeque<>(List.of(this));
    Deque<ViewDirectory> order = new ArrayDeque<>();
    while (!left.isEmpty()) {
      ViewDirectory next = left.pop();
      order.push(next);
      left.addAll(next.children.values());
    }
    return order;
  }

  void addHolder() {
    holders++;
  }

  void removeHolder() throws IOException {
    holders--;
    if (removed) {
      closeUnlessHeld();
    }
  }

  private void closeUnlessHeld() throws IOException {
    if (holders == 0) {
      tree.directoryClosed(this);
      closeUpper();
      below.close();
    }
  }

  /** Closes the directories without a holder. */
  void closeUnheld() throws IOException {
    for (ViewDirectory next : innermostFirst()) {
      if (next != this && next.holders == 0 && next.children.isEmpty()) {
        next.parent.children.remove(next.name);
        next.closeUnlessHeld();
      }
    }
  }

  /** Closes this directory and all known directories in it. */
  void close() throws IOException {
    Deque<ViewDirectory> all = innermostFirst();
    closeUpper();
    for (ViewDirectory next : all) {
      next.below.close();
    }
  }
}
