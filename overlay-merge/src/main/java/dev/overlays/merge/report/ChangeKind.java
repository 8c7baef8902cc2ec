package dev.overlays.merge.report;

/** What an upper does to one entry of what its lowers show. */
public enum ChangeKind {
  /** There was nothing under the name. */
  ADDED,
  /**
   * An entry of the same kind has another content: a file its data, a symbolic link its target, a
   * device its numbers. Its attributes may be others, too. Unless content is compared, every file
   * that was copied up as a whole is one.
   */
  MODIFIED,
  /** Only attributes are others: owner, mode, extended attributes, or of a file its time. */
  METADATA,
  /** The entry is gone, with all that was in it. */
  DELETED,
  /**
   * Another kind of entry is in its place, or a directory that was made anew, which shows nothing
   * of the old one.
   */
  REPLACED,
  /**
   * A directory or file of the lowers that was somewhere else, together with its data. That it is
   * gone there is told as a {@link #DELETED}, that it has other attributes now as a {@link
   * #METADATA}.
   */
  RENAMED
}
