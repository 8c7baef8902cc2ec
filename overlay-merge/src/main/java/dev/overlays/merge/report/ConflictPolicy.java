package dev.overlays.merge.report;

/** What is done where instances of one lower have changed it in ways that do not go together. */
public enum ConflictPolicy {
  /** The uppers are applied one after the other, in the given order: the last one wins. */
  IN_ORDER,

  /**
   * As {@link #IN_ORDER}, but what one instance has deleted goes from the lower only if no other
   * instance still shows it; otherwise the whiteout stays in the upper of the one that deleted it.
   */
  DELETE_COMMON,

  /** The merge is refused, and nothing is changed. */
  REFUSE
}
