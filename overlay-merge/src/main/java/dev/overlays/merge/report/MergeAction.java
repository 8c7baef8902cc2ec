package dev.overlays.merge.report;

/** What a merge does with one entry. */
public enum MergeAction {
  /** The entry is new in the lower. */
  ADDED,
  /** The entry has taken the place of one that the lower had under this name. */
  REPLACED,
  /** The lower's directory has got the attributes of the upper's. */
  UPDATED,
  /** The entry is gone from the lower, where nothing showed it any more. */
  DELETED,
  /** The entry stays in the upper, since its path is private. */
  KEPT
}
