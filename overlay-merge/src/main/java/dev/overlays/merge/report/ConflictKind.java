package dev.overlays.merge.report;

/** How two instances contradict each other. */
public enum ConflictKind {
  /** One instance has deleted an entry that the other still shows as the lower has it. */
  DELETED,

  /** Both instances have changed an entry differently. A deletion is a change, too. */
  CHANGED
}
