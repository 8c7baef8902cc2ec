package dev.overlays.testkit.union;

/** What can be asked of a view and done to it, each call under the lock of its tree. */
record ViewCalls(UnionTree tree, ViewLookups lookups, ViewChanges changes, FileOpening opening) {

  static ViewCalls of(UnionTree tree) {
    CopyUp copyUp = new CopyUp(tree);
    EntryCreation creation = new EntryCreation(tree, copyUp);
    return new ViewCalls(
        tree,
        new ViewLookups(tree),
        new ViewChanges(tree, copyUp, creation),
        new FileOpening(tree, copyUp, creation));
  }
}
