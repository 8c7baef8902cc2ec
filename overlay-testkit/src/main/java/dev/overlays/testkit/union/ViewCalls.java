package dev.overlays.testkit.union;

/** All operations on a view. Each runs under the lock of its tree. */
record ViewCalls(UnionTree tree, ViewLookups lookups, ViewChanges changes, FileOpening opening) {

  static ViewCalls of(UnionTree tree) {
    CopyUp copyUp = new CopyUp(tree);
    EntryCreation creator = new EntryCreation(tree, copyUp);
    return new ViewCalls(
        tree,
        new ViewLookups(tree),
        new ViewChanges(tree, copyUp, creator),
        new FileOpening(tree, copyUp, creator));
  }
}
