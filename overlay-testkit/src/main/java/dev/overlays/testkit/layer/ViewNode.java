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

/** An inode of a view to which random changes are made; a file may have several names. */
final class ViewNode {
  /** Listings have no order, but random layers must depend on the seed only. */
  static final Comparator<Name> BY_BYTES =
      (one, other) -> Arrays.compareUnsigned(one.toBytes(), other.toBytes());

  final EntryType kind;

  /** The path at which the layers below show the inode; null if they do not. */
  final List<Name> lowerPath;

  final long size;

  /** The entries of a directory. */
  final SortedMap<Name, ViewNode> children = new TreeMap<>(BY_BYTES);

  /** The names that the layers below show in the origin of a directory. */
  final Set<Name> lowerNames = new HashSet<>();

  /** The parent of a directory in the tree. */
  ViewNode parent;

  /** Whether the upper has the inode. */
  boolean isInUpper;

  /** Whether the upper has only the attributes of a file. */
  boolean isMetacopy;

  /** Whether a directory with an origin hides everything in that. */
  boolean isOpaque;

  int linkCount = 1;

  /** The path at which a file has been written. */
  List<Name> writtenPath;

  private ViewNode(EntryType kind, List<Name> origin, long size) {
    this.kind = kind;
    this.lowerPath = origin;
    this.size = size;
  }

  static ViewNode ofLowerEntry(EntryType kind, List<Name> origin, long size) {
    return new ViewNode(kind, origin, size);
  }

  static ViewNode ofNewEntry(EntryType kind) {
    ViewNode node = new ViewNode(kind, null, 0);
    node.isInUpper = true;
    return node;
  }

  boolean isDirectory() {
    return kind == EntryType.DIRECTORY;
  }

  /** Whether the directory shows entries of the layers below. */
  boolean isMerged() {
    return lowerPath != null && !isOpaque;
  }

  /** Whether the layers below show this inode under a name in the origin of a directory. */
  boolean hasOriginAt(ViewNode directory, Name name) {
    return directory.isMerged()
        && PrivatePathCandidates.appendName(directory.lowerPath, name).equals(lowerPath);
  }

  /** Whether the layers below show this inode in the origin of a directory, under any name. */
  boolean hasOriginIn(ViewNode directory) {
    return directory.isMerged()
        && directory.lowerPath.equals(lowerPath.subList(0, lowerPath.size() - 1));
  }

  void putChild(Name name, ViewNode child) {
    children.put(name, child);
    if (child.isDirectory()) {
      child.parent = this;
    }
    copyUpWithParents();
  }

  ViewNode removeChild(Name name) {
    copyUpWithParents();
    return children.remove(name);
  }

  /** Copies a directory up, with its parents. */
  void copyUpWithParents() {
    for (ViewNode node = this; node != null; node = node.parent) {
      node.isInUpper = true;
    }
  }

  boolean isIn(ViewNode directory) {
    ViewNode node = this;
    while (node != null && node != directory) {
      node = node.parent;
    }
    return node != null;
  }

  int treeDepth() {
    return parent == null ? 0 : parent.treeDepth() + 1;
  }

  /** Returns the directory itself and all directories in it. */
  List<ViewNode> listDirectories() {
    List<ViewNode> all = new ArrayList<>(List.of(this));
    children.values().stream()
        .filter(ViewNode::isDirectory)
        .forEach(child -> all.addAll(child.listDirectories()));
    return all;
  }
}
