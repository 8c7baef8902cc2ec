package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes random changes to the tree of a view, as programs might. The kernel would allow each of
 * them.
 */
final class RandomChanges {
  private final Random random;
  private final RandomNames names;
  private final RandomEntries entries;
  private final boolean everyFormat;
  private final ViewNode root;

  /**
   * Creates a source of changes to a tree.
   *
   * @param formats whether changes may lead to redirects and metacopy files
   */
  RandomChanges(Random random, RandomEntries entries, boolean formats, ViewNode root) {
    this.random = random;
    names = new RandomNames(random);
    this.entries = entries;
    this.everyFormat = formats;
    this.root = root;
  }

  void makeChanges(int count) {
    for (int i = 0; i < count; i++) {
      ViewNode directory = anyDirectory();
      int roll = random.nextInt(100);
      if (directory.children.isEmpty() || roll < 15) {
        putNode(directory, freeName(directory), createNode(directory.treeDepth()));
      } else if (roll < 20) {
        Name name = anyName(directory);
        removeEntry(directory, name);
        putNode(directory, name, createNode(directory.treeDepth()));
      } else if (roll < 32) {
        removeEntry(directory, anyName(directory));
      } else if (roll < 52) {
        changeEntry(directory, directory.children.get(anyName(directory)));
      } else if (roll < 82) {
        moveEntry(directory, nameToMove(directory), anyDirectory());
      } else if (roll < 90) {
        swapEntries(directory, anyName(directory), anyDirectory());
      } else if (roll < 98) {
        linkFile(directory.children.get(anyName(directory)), directory, anyDirectory());
      } else {
        makeOpaque(directory);
      }
    }
  }

  private ViewNode anyDirectory() {
    List<ViewNode> all = root.listDirectories();
    return all.get(random.nextInt(all.size()));
  }

  private Name anyName(ViewNode directory) {
    List<Name> all = List.copyOf(directory.children.keySet());
    return all.get(random.nextInt(all.size()));
  }

  /** Chooses what to move, preferably a directory, since moved directories leave redirects. */
  private Name nameToMove(ViewNode directory) {
    List<Name> inner =
        directory.children.keySet().stream()
            .filter(name -> directory.children.get(name).isDirectory())
            .toList();
    return inner.isEmpty() || random.nextInt(3) == 0
        ? anyName(directory)
        : inner.get(random.nextInt(inner.size()));
  }

  /** Chooses an unused name, sometimes that of a deleted entry of the layers below. */
  private Name freeName(ViewNode directory) {
    Set<Name> deleted = new HashSet<>(directory.lowerNames);
    deleted.removeAll(directory.children.keySet());
    if (!deleted.isEmpty() && random.nextBoolean()) {
      List<Name> sorted = new ArrayList<>(deleted);
      sorted.sort(ViewNode.BY_BYTES);
      return sorted.get(random.nextInt(sorted.size()));
    }
    return newName(directory);
  }

  /** Makes up a name that neither the directory nor the layers below have. */
  Name newName(ViewNode directory) {
    Set<Name> taken = new HashSet<>(directory.lowerNames);
    taken.addAll(directory.children.keySet());
    return names.newName(taken);
  }

  private static void putNode(ViewNode directory, Name name, ViewNode node) {
    directory.putChild(name, node);
  }

  private ViewNode createNode(int depth) {
    ViewNode node = ViewNode.ofNewEntry(entries.randomKind(depth));
    for (int i = node.isDirectory() ? random.nextInt(4) : 0; i > 0; i--) {
      node.putChild(newName(node), createNode(depth + 1));
    }
    return node;
  }

  private static void removeEntry(ViewNode directory, Name name) {
    directory.removeChild(name).linkCount--;
  }

  private void changeEntry(ViewNode directory, ViewNode node) {
    if (node.kind == EntryType.FILE && random.nextInt(3) == 0) {
      node.isMetacopy = false;
      node.isInUpper = true;
    } else {
      copyUp(node);
    }
    directory.copyUpWithParents();
  }

  /** Copies a node up, as happens before its attributes or its name are changed. */
  private void copyUp(ViewNode node) {
    node.isMetacopy |= everyFormat && node.kind == EntryType.FILE && !node.isInUpper;
    node.isInUpper = true;
  }

  private boolean isMovable(ViewNode node, ViewNode target) {
    return node.isDirectory()
        ? !target.isIn(node) && (everyFormat || node.lowerPath == null) && target.treeDepth() < 6
        : true;
  }

  private void moveEntry(ViewNode directory, Name name, ViewNode target) {
    ViewNode node = directory.children.get(name);
    if (isMovable(node, target)) {
      Name newName = freeName(target);
      directory.removeChild(name);
      copyUp(node);
      putNode(target, newName, node);
    }
  }

  /** Exchanges two entries, which may be in the same directory. */
  private void swapEntries(ViewNode directory, Name name, ViewNode other) {
    if (other.children.isEmpty()) {
      return;
    }
    Name otherName = anyName(other);
    ViewNode one = directory.children.get(name);
    ViewNode two = other.children.get(otherName);
    if (one != two && isMovable(one, other) && isMovable(two, directory)) {
      directory.removeChild(name);
      other.removeChild(otherName);
      copyUp(one);
      copyUp(two);
      putNode(directory, name, two);
      putNode(other, otherName, one);
    }
  }

  private void linkFile(ViewNode node, ViewNode directory, ViewNode target) {
    if (node.kind == EntryType.FILE) {
      copyUp(node);
      directory.copyUpWithParents();
      node.linkCount++;
      putNode(target, freeName(target), node);
    }
  }

  /** Makes a directory opaque, as a mount does to hide a private path in it. */
  private void makeOpaque(ViewNode directory) {
    if (directory.parent != null && directory.lowerPath != null) {
      directory.copyUpWithParents();
      directory.isOpaque = true;
      directory.children.values().removeIf(child -> !child.isInUpper);
    }
  }
}
