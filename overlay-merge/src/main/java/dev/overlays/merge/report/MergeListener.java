package dev.overlays.merge.report;

/** Hears of each entry that a merge is done with. */
@FunctionalInterface
public interface MergeListener {
  /**
   * Called by the thread that merges, after each entry; a dry run calls it for what would be done.
   * An exception thrown here ends the merge at this point and goes to its caller; the view is what
   * it was, and another run goes on.
   *
   * @param action what was done
   * @param path the path of the entry relative to the root of the view, for people: bytes that are
   *     not UTF-8 are shown as U+FFFD
   * @param bytes for a file that was added or replaced, its size in bytes; otherwise 0
   */
  void done(MergeAction action, String path, long bytes);
}
