package dev.overlays.merge.report;

/** How a merge resolves conflicts between instances of one lower. */
public enum ConflictPolicy {
  /** The uppers are applied one after the other, in the given order: the last one wins. */
  IN_ORDER,

  /**
   * As {@link #IN_ORDER}, but an entry that one instance has deleted is deleted from the lower only
   * if no other instance still shows it. Otherwise the whiteout stays in the upper of the instance.
   */
  DELETE_COMMON,

  /** The merge is refused, and nothing is changed. */
  REFUSE;

  /** Says what becomes of a conflict. */
  String outcomeOf(ConflictKind kind) {
    return switch (this) {
      case IN_ORDER -> "what is merged last holds";
      case DELETE_COMMON ->
          kind == ConflictKind.DELETED
              ? "it stays, and is hidden from the first alone"
              : "what is merged last holds";
      case REFUSE -> "the merge is refused";
    };
  }
}
