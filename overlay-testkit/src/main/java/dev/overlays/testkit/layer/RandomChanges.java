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
  private final boolean formats;
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
    this.formats = formats;
    this.root = root;
  }

  void make(int count) {
    for (int i = 0; i < count; i++) {
      ViewNode directory = directory();
      int roll = random.nextInt(100);
      if (directory.children.isEmpty() || roll < 15) {
        put(directory, free(directory), created(directory.depth()));
      } else if (roll < 20) {
        Name name = name(directory);
        remove(directory, name);
        put(directory, name, created(directory.depth()));
      } else if (roll < 32) {
        remove(directory, name(directory));
      } else if (roll < 52) {
        change(directory, directory.children.get(name(directory)));
      } else if (roll < 82) {
        move(directory, moved(directory), directory());
      } else if (roll < 90) {
        swap(directory, name(directory), directory());
      } else if (roll < 98) {
        link(directory.children.get(name(directory)), directory, directory());
      } else {
        hide(directory);
      }
    }
  }

  private ViewNode directory() {
    List<ViewNode> all = root.directories();
    return all.get(random.nextInt(all.size()));
  }

  private Name name(ViewNode directory) {
    List<Name> all = List.copyOf(directory.children.keySet());
    return all.get(random.nextInt(all.size()));
  }

  /** Chooses what to move, preferably a directory, since moved directories leave redirects. */
  private Name moved(ViewNode directory) {
    List<Name> inner =
        directory.children.keySet().stream()
            .filter(name -> directory.children.get(name).isDirectory())
            .toList();
    return inner.isEmpty() || random.nextInt(3) == 0
        ? name(directory)
        : inner.get(random.nextInt(inner.size()));
  }

  /** Chooses an unused name, sometimes that of a deleted entry of the layers below. */
  private Name free(ViewNode directory) {
    Set<Name> deleted = new HashSet<>(directory.below);
    deleted.removeAll(directory.children.keySet());
    if (!deleted.isEmpty() && random.nextBoolean()) {
      List<Name> sorted = new ArrayList<>(deleted);
      sorted.sort(ViewNode.BY_BYTES);
      return sorted.get(random.nextInt(sorted.size()));
    }
    return fresh(directory);
  }

  /** Makes up a name that neither the directory nor the layers below have. */
  Name fresh(ViewNode directory) {
    Set<Name> taken = new HashSet<>(directory.below);
    taken.addAll(directory.children.keySet());
    return names.fresh(taken);
  }

  private static void put(ViewNode directory, Name name, ViewNode node) {
    directory.put(name, node);
  }

  private ViewNode created(int depth) {
    ViewNode node = ViewNode.fresh(entries.kind(depth));
    for (int i = node.isDirectory() ? random.nextInt(4) : 0; i > 0; i--) {
      node.put(fresh(node), created(depth + 1));
    }
    return node;
  }

  private static void remove(ViewNode directory, Name name) {
    directory.take(name).links--;
  }

  private void change(ViewNode directory, ViewNode node) {
    if (node.kind == EntryType.FILE && random.nextInt(3) == 0) {
      node.metacopy = false;
      node.changed = true;
    } else {
      copyUp(node);
    }
    directory.touch();
  }

  /** Copies a node up, as happens before its attributes or its name are changed. */
  private void copyUp(ViewNode node) {
    node.metacopy |= formats && node.kind == EntryType.FILE && !node.changed;
    node.changed = true;
  }

  private boolean isMovable(ViewNode node, ViewNode target) {
    return node.isDirectory()
        ? !target.isIn(node) && (formats || node.origin == null) && target.depth() < 6
        : true;
  }

  private void move(ViewNode directory, Name name, ViewNode target) {
    ViewNode node = directory.children.get(name);
    if (isMovable(node, target)) {
      Name newName = free(target);
      directory.take(name);
      copyUp(node);
      put(target, newName, node);
    }
  }

  /** Exchanges two entries, which may be in the same directory. */
  private void swap(ViewNode directory, Name name, ViewNode other) {
    if (other.children.isEmpty()) {
      return;
    }
    Name otherName = name(other);
    ViewNode one = directory.children.get(name);
    ViewNode two = other.children.get(otherName);
    if (one != two && isMovable(one, other) && isMovable(two, directory)) {
      directory.take(name);
      other.take(otherName);
      copyUp(one);
      copyUp(two);
      put(directory, name, two);
      put(other, otherName, one);
    }
  }

  private void link(ViewNode node, ViewNode directory, ViewNode target) {
    if (node.kind == EntryType.FILE) {
      copyUp(node);
      directory.touch();
      node.links++;
      put(target, free(target), node);
    }
  }

  /** Makes a directory opaque, as a mount does to hide a private path in it. */
  private void hide(ViewNode directory) {
    if (directory.parent != null && directory.origin != null) {
      directory.touch();
      directory.opaque = true;
      directory.children.values().removeIf(child -> !child.changed);
    }
  }
}
