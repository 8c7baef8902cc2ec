package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** An inode of a view while random changes are made to it; a file may have several names. */
final class ViewNode {
  /** Listings have no order, and the layers are to depend on the seed only. */
  static final Comparator<Name> BY_BYTES =
      (one, other) -> Arrays.compareUnsigned(one.toBytes(), other.toBytes());

  final EntryType kind;

  /** The path at which the layers below show it; null if they do not. */
  final List<Name> origin;

  final long size;

  /** Of a directory: what is in it. */
  final SortedMap<Name, ViewNode> children = new TreeMap<>(BY_BYTES);

  /** Of a directory: which names the layers below show in its origin. */
  final Set<Name> below = new HashSet<>();

  /** Of a directory that is in the tree: where. */
  ViewNode parent;

  /** Whether the upper has it. */
  boolean changed;

  /** Of a file: whether the upper has its attributes only. */
  boolean metacopy;

  /** Of a directory with an origin: whether nothing of that is shown. */
  boolean opaque;

  int links = 1;

  /** Of a file: under which path it has been written. */
  List<Name> written;

  private ViewNode(EntryType kind, List<Name> origin, long size) {
    this.kind = kind;
    this.origin = origin;
    this.size = size;
  }

  static ViewNode below(EntryType kind, List<Name> origin, long size) {
    return new ViewNode(kind, origin, size);
  }

  static ViewNode fresh(EntryType kind) {
    ViewNode node = new ViewNode(kind, null, 0);
    node.changed = true;
    return node;
  }

  boolean isDirectory() {
    return kind == EntryType.DIRECTORY;
  }

  /** Whether entries of layers below are shown in it. */
  boolean isMerged() {
    return origin != null && !opaque;
  }

  /** Whether the layers below show this inode under a name in the origin of a directory. */
  boolean isBelow(ViewNode directory, Name name) {
    return directory.isMerged() && RandomPaths.in(directory.origin, name).equals(origin);
  }

  /** Whether the layers below have it beside what they show in a directory. */
  boolean isSiblingBelow(ViewNode directory) {
    return directory.isMerged() && directory.origin.equals(origin.subList(0, origin.size() - 1));
  }

  void put(Name name, ViewNode child) {
    children.put(name, child);
    if (child.isDirectory()) {
      child.parent = this;
    }
    touch();
  }

  ViewNode take(Name name) {
    touch();
    return children.remove(name);
  }

  /** Copies a directory up with those around it. */
  void touch() {
    for (ViewNode node = this; node != null; node = node.parent) {
      node.changed = true;
    }
  }

  boolean isIn(ViewNode directory) {
    ViewNode node = this;
    while (node != null && node != directory) {
      node = node.parent;
    }
    return node != null;
  }

  int depth() {
    return parent == null ? 0 : parent.depth() + 1;
  }

  /** The directory itself and all in it. */
  List<ViewNode> directories() {
    List<ViewNode> all = new ArrayList<>(List.of(this));
    children.values().stream()
        .filter(ViewNode::isDirectory)
        .forEach(child -> all.addAll(child.directories()));
    return all;
  }
}
