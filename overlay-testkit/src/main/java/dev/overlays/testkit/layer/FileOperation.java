package dev.overlays.testkit.layer;

/** The kinds of operation that {@link FaultyLayerStore} and a wrapped file system distinguish. */
public enum FileOperation {
  /** Creates a directory. */
  CREATE_DIRECTORY,
  /** Creates an empty file. */
  CREATE_FILE,
  /** Writes bytes to a file. */
  WRITE,
  /** Creates a symbolic link. */
  CREATE_SYMLINK,
  /** Creates a device node, named pipe or socket. */
  CREATE_NODE,
  /** Creates a whiteout. */
  CREATE_WHITEOUT,
  /** Creates a hard link. */
  CREATE_LINK,
  /** Moves an entry. */
  RENAME,
  /** Removes an entry that is not a directory. */
  REMOVE,
  /** Removes a directory. */
  REMOVE_DIRECTORY,
  /** Sets an extended attribute. */
  SET_XATTR,
  /** Removes an extended attribute. */
  REMOVE_XATTR,
  /** Sets the owner. */
  SET_OWNER,
  /** Sets the mode. */
  SET_MODE,
  /** Sets the times. */
  SET_TIMES,
  /** Sets the attributes {@code i} and {@code a} of chattr(1). */
  SET_PROTECTION,
  /** Copies the data of a file to another file. */
  COPY_DATA,
  /** Makes written data durable. */
  SYNC,
  /** Opens an existing file for writing. */
  OPEN_FOR_WRITING,
  /** Truncates an open file. */
  TRUNCATE,

  /** Lists a directory; changes nothing. */
  LIST,
  /** Reads attributes; changes nothing. */
  STAT,
  /** Opens a directory, or a file for reading; changes nothing. */
  OPEN,
  /** Reads bytes from a file; changes nothing. */
  READ,
  /** Reads the target of a symbolic link; changes nothing. */
  READ_SYMLINK,
  /** Reads an extended attribute, or lists all; changes nothing. */
  READ_XATTR;

  /**
   * Tells whether the operation changes something.
   *
   * @return whether it does
   */
  public boolean isChange() {
    return compareTo(LIST) < 0;
  }
}
