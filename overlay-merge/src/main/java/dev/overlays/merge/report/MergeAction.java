package dev.overlays.merge.report;

/** What a merge does with one entry. */
public enum MergeAction {
  /** The entry is new in the lower. */
  ADDED,
  /** The entry replaces one that the lower had under this name. */
  REPLACED,
  /** The lower's directory now has the attributes of the upper's. */
  UPDATED,
  /** The entry is deleted from the lower, since the view no longer showed it. */
  DELETED,
  /**
   * The entry stays in the upper: its path is private or excluded, or other instances need what it
   * would delete.
   */
  KEPT
}
