package dev.overlays.testkit.layer;

/**
 * The kinds of operation on files, as {@link FaultyLayerStore} and a wrapped file system tell them.
 */
public enum FileOperation {
  /** A directory is made. */
  CREATE_DIRECTORY,
  /** An empty file is made. */
  CREATE_FILE,
  /** Bytes are written to a file. */
  WRITE,
  /** A symbolic link is made. */
  CREATE_SYMLINK,
  /** A device node, named pipe or socket is made. */
  CREATE_NODE,
  /** A whiteout is made. */
  CREATE_WHITEOUT,
  /** An entry is given another name. */
  CREATE_LINK,
  /** An entry is moved. */
  RENAME,
  /** An entry that is not a directory is removed. */
  REMOVE,
  /** A directory is removed. */
  REMOVE_DIRECTORY,
  /** An extended attribute is set. */
  SET_XATTR,
  /** An extended attribute is removed. */
  REMOVE_XATTR,
  /** The owner is set. */
  SET_OWNER,
  /** The mode is set. */
  SET_MODE,
  /** The times are set. */
  SET_TIMES,
  /** The attributes {@code i} and {@code a} of chattr(1) are set. */
  SET_PROTECTION,
  /** A file gets the data of another. */
  COPY_DATA,
  /** What was written is made durable. */
  SYNC,
  /** A file is opened for writing that has to be there. */
  OPEN_FOR_WRITING,
  /** A file that is open is cut off. */
  TRUNCATE,

  /** A directory is listed; changes nothing. */
  LIST,
  /** Attributes are read; changes nothing. */
  STAT,
  /** A directory, or a file for reading, is opened; changes nothing. */
  OPEN,
  /** Bytes are read from a file; changes nothing. */
  READ,
  /** A symbolic link is read; changes nothing. */
  READ_SYMLINK,
  /** An extended attribute is read, or all are listed; changes nothing. */
  READ_XATTR;

  /**
   * Tells whether it changes something.
   *
   * @return whether it does
   */
  public boolean isChange() {
    return compareTo(LIST) < 0;
  }
}
