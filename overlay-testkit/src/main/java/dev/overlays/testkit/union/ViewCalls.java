package dev.overlays.testkit.union;

/** All operations on a view. Each runs under the lock of its tree. */
record ViewCalls(UnionTree tree, ViewQueries queries, ViewChanges changes, UnionFileOpener opener) {

  static ViewCalls of(UnionTree tree) {
    CopyUp copyUp = new CopyUp(tree);
    EntryCreator creator = new EntryCreator(tree, copyUp);
    return new ViewCalls(
        tree,
        new ViewQueries(tree),
        new ViewChanges(tree, copyUp, creator),
        new UnionFileOpener(tree, copyUp, creator));
  }
}
