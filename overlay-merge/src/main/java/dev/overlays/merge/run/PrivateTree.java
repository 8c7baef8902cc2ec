package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Private paths by their names: a merge goes down in it as it goes down in the layers. */
final class PrivateTree {
  private final Map<Name, PrivateTree> inner = new HashMap<>();
  private boolean isPrivate;

  private PrivateTree() {}

  static PrivateTree of(Collection<String> paths) {
    PrivateTree root = new PrivateTree();
    for (String path : paths) {
      PrivateTree tree = root;
      for (String name : path.split("/", -1)) {
        tree = tree.inner.computeIfAbsent(Name.of(name), key -> new PrivateTree());
      }
      tree.isPrivate = true;
    }
    return root;
  }

  /** The part below a name; null if nothing private is there, which may be asked of null. */
  static PrivateTree treeBelow(PrivateTree tree, Name name) {
    return tree == null ? null : tree.inner.get(name);
  }

  /** Whether the place itself is private, with all that is in it. */
  static boolean isPrivate(PrivateTree tree) {
    return tree != null && tree.isPrivate;
  }
}
