package dev.overlays.testkit.union;

/** All operations on a view. Each runs under the lock of its tree. */
record Calls(Tree tree, Lookups lookups, Changes changes, Opening opening) {

  static Calls of(Tree tree) {
    CopyUp copyUp = new CopyUp(tree);
    Creation creator = new Creation(tree, copyUp);
    return new Calls(
        tree,
        new Lookups(tree),
        new Changes(tree, copyUp, creator),
        new Opening(tree, copyUp, creator));
  }
}
