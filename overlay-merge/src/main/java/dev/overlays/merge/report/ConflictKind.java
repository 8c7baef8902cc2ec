package dev.overlays.merge.report;

/** In which way what two instances have does not go together. */
public enum ConflictKind {
  /** One has deleted what the other still shows as the lower has it. */
  DELETED,

  /** Both have changed it, and not to the same; deleting it is a change, too. */
  CHANGED
}
