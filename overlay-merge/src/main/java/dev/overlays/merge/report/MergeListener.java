package dev.overlays.merge.report;

/** Is called for each entry that a merge has finished. */
@FunctionalInterface
public interface MergeListener {
  /**
   * Is called by the merging thread after each entry. A dry run calls it for what would be done. An
   * exception thrown here ends the merge and is thrown to its caller. The view is unchanged, and
   * another run continues the merge.
   *
   * @param action what was done
   * @param path the path of the entry relative to the root of the view, for display: bytes that are
   *     not UTF-8 are shown as U+FFFD
   * @param bytes the size in bytes of a file that was added or replaced; otherwise 0
   */
  void done(MergeAction action, String path, long bytes);
}
