package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The private paths as a tree of names. A merge descends in it as it descends in the layers. */
final class PrivatePathTree {
  private final Map<Name, PrivatePathTree> inner = new HashMap<>();
  private boolean isPrivate;

  private PrivatePathTree() {}

  static PrivatePathTree of(Collection<String> paths) {
    PrivatePathTree root = new PrivatePathTree();
    for (String path : paths) {
      PrivatePathTree tree = root;
      for (String name : path.split("/", -1)) {
        tree = tree.inner.computeIfAbsent(Name.of(name), key -> new PrivatePathTree());
      }
      tree.isPrivate = true;
    }
    return root;
  }

  /** Returns the subtree of a name; null if there is nothing private. The tree may be null. */
  static PrivatePathTree subtreeOf(PrivatePathTree tree, Name name) {
    return tree == null ? null : tree.inner.get(name);
  }

  /** Whether the place itself is private, including everything in it. */
  static boolean isPrivate(PrivatePathTree tree) {
    return tree != null && tree.isPrivate;
  }
}
