package dev.overlays.merge.apply;

/** Whether other instances have files that were copied up from the lower of a merge. */
public enum LowerSharing {
  /** No other instance has: inodes of the lower can be moved. */
  ALONE,
  /**
   * Other instances may have: the kernel finds the lower's files by their inodes, so these are
   * copied instead of moved.
   */
  SHARED
}
