package dev.overlays.testkit.union;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A directory of the view: the upper's directory merged over those of the layers below. As long as
 * it has a holder, the same object survives copy-up, renames and removal. Guarded by the lock of
 * its {@link UnionTree}.
 */
final class UnionDirectory {
  private final UnionTree tree;
  private final MergedDirectory below;
  private final Map<Name, UnionDirectory> children = new HashMap<>();
  private UnionDirectory parent;
  private Name name;
  private boolean inUpper;
  private LayerDirectory upper;
  private boolean removed;
  private int holders;

  /** Creates the root. */
  UnionDirectory(UnionTree tree, MergedDirectory below, LayerDirectory upper) {
    this.tree = tree;
    this.below = below;
    this.upper = upper;
    inUpper = upper != null;
    parent = this;
  }

  private UnionDirectory(UnionDirectory parent, Name name, MergedDirectory below, boolean inUpper) {
    tree = parent.tree;
    this.parent = parent;
    this.name = name;
    this.below = below;
    this.inUpper = inUpper;
  }

  /** Returns the parent directory; the root is its own parent. */
  UnionDirectory parent() {
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

  boolean isIn(UnionDirectory other) {
    UnionDirectory at = this;
    while (at != other && !at.isRoot()) {
      at = at.parent;
    }
    return at == other;
  }

  boolean inUpper() {
    return inUpper;
  }

  /** Returns the names from the root to this directory. */
  List<Name> path() {
    List<Name> path = new ArrayList<>();
    for (UnionDirectory at = this; !at.isRoot(); at = at.parent) {
      path.add(at.name);
    }
    Collections.reverse(path);
    return path;
  }

  /** Returns the merged directory of the layers below the upper. */
  MergedDirectory below() {
    return below;
  }

  boolean isMerged() {
    return !below.isNothing();
  }

  /** Returns the upper's own directory; it has the same path as in the view. */
  LayerDirectory upper() throws IOException {
    Deque<UnionDirectory> unopened = new ArrayDeque<>();
    for (UnionDirectory at = this; at.upper == null; at = at.parent) {
      unopened.push(at);
    }
    for (UnionDirectory next : unopened) {
      next.upper = next.parent.upper.open(next.name);
    }
    return upper;
  }

  /** Returns the entry that the view shows for this directory itself. */
  UnionEntry self() throws IOException {
    return inUpper
        ? UnionEntry.upper(upper(), Name.SELF, LayerEntries.present(upper(), Name.SELF))
        : UnionEntry.below(below.top());
  }

  /** Finds the entry that the view shows under a name. */
  Optional<UnionEntry> find(Name child) throws IOException {
    if (removed) {
      return Optional.empty();
    }
    if (inUpper) {
      Optional<EntryStat> stat = upper().stat(child);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(upper(), child, stat.get(), tree.layers().marks())
            ? Optional.empty()
            : Optional.of(UnionEntry.upper(upper(), child, stat.get()));
      }
    }
    return below.find(child).map(UnionEntry::below);
  }

  /** Returns the directory that the view shows under a name. */
  UnionDirectory child(Name child, UnionEntry entry) throws IOException {
    UnionDirectory known = children.get(child);
    if (known != null) {
      return known;
    }
    MergedDirectory inner = entry.inUpper() ? belowUpper(child) : below.open(child);
    return add(new UnionDirectory(this, child, inner, entry.inUpper()));
  }

  /**
   * Opens what lies below a directory of the upper. If redirects are not followed, a directory that
   * is not merged has nothing below it.
   */
  private MergedDirectory belowUpper(Name child) throws IOException {
    if (below.isNothing() && !tree.layers().followsRedirects()) {
      return below.nothing();
    }
    MergedDirectory inner = below.below(upper(), child);
    if (!inner.isNothing()
        && !tree.layers().followsRedirects()
        && upper().xattr(child, tree.layers().xattr(Mark.REDIRECT)).isPresent()) {
      inner.close();
      throw ErrorNumber.EPERM.exception();
    }
    return inner;
  }

  private UnionDirectory add(UnionDirectory child) {
    children.put(child.name, child);
    tree.opened(child);
    return child;
  }

  /** Lists the entries that the view shows, each name once. */
  List<LayerEntry> list() throws IOException {
    List<LayerEntry> shown = new ArrayList<>();
    if (removed) {
      return shown;
    }
    Set<Name> above = new HashSet<>();
    if (inUpper) {
      EntryCursor entries = upper().entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        above.add(entry.name());
        if (entry.type() == EntryType.DIRECTORY || find(entry.name()).isPresent()) {
          shown.add(entry);
        }
      }
    }
    below.forEach(
        found -> {
          if (!above.contains(found.name())) {
            shown.add(new LayerEntry(found.name(), found.stat().type(), found.stat().inode()));
          }
        });
    return shown;
  }

  /** Called when the directory has been copied up. */
  void copiedUp() {
    inUpper = true;
  }

  /** Called when a child directory has been removed. */
  void forget(Name child) throws IOException {
    UnionDirectory gone = children.remove(child);
    if (gone != null) {
      gone.removed = true;
      gone.closeUpper();
      gone.closeUnlessHeld();
    }
  }

  /**
   * Called when a child directory has been renamed; the layers below keep it under its old path.
   */
  void moved(Name child, UnionDirectory target, Name newName) throws IOException {
    UnionDirectory moving = children.remove(child);
    if (moving != null) {
      moving.closeUpper();
      moving.parent = target;
      moving.name = newName;
      target.children.put(newName, moving);
    }
  }

  /** Closes the handles below, because a store may identify directories by path. */
  private void closeUpper() throws IOException {
    for (UnionDirectory next : innermostFirst()) {
      if (next.upper != null && !next.isRoot()) {
        next.upper.close();
        next.upper = null;
      }
    }
  }

  /** Returns all known directories below this one, children before parents, this one last. */
  private Deque<UnionDirectory> innermostFirst() {
    Deque<UnionDirectory> left = new ArrayDeque<>(List.of(this));
    Deque<UnionDirectory> order = new ArrayDeque<>();
    while (!left.isEmpty()) {
      UnionDirectory next = left.pop();
      order.push(next);
      left.addAll(next.children.values());
    }
    return order;
  }

  void hold() {
    holders++;
  }

  void release() throws IOException {
    holders--;
    if (removed) {
      closeUnlessHeld();
    }
  }

  private void closeUnlessHeld() throws IOException {
    if (holders == 0) {
      tree.closed(this);
      closeUpper();
      below.close();
    }
  }

  /** Closes the directories without a holder. */
  void trim() throws IOException {
    for (UnionDirectory next : innermostFirst()) {
      if (next != this && next.holders == 0 && next.children.isEmpty()) {
        next.parent.children.remove(next.name);
        next.closeUnlessHeld();
      }
    }
  }

  /** Closes this directory and all known directories in it. */
  void close() throws IOException {
    Deque<UnionDirectory> all = innermostFirst();
    closeUpper();
    for (UnionDirectory next : all) {
      next.below.close();
    }
  }
}
