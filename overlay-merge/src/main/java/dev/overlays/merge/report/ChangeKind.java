package dev.overlays.merge.report;

/** What an upper does to one entry of what its lowers show. */
public enum ChangeKind {
  /** The lowers have no entry of the name. */
  ADDED,
  /**
   * The content of the entry differs: the data of a file, the target of a symbolic link, the
   * numbers of a device. Its attributes may differ, too. Unless content is compared, every file
   * that was copied up with its data is reported so.
   */
  MODIFIED,
  /**
   * Only attributes differ: owner, mode, extended attributes, or the time unless it is a directory.
   */
  METADATA,
  /** The entry is gone, with everything in it. */
  DELETED,
  /**
   * An entry of another type is in its place, or a new directory that shows nothing of the old one.
   */
  REPLACED,
  /**
   * A directory or file of the lowers was moved here, with its data. Its old path is reported as
   * {@link #DELETED}, and changed attributes as {@link #METADATA}.
   */
  RENAMED
}
