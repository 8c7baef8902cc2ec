package dev.overlays.testkit.layer;

/** The kinds of operation that change a layer, as {@link FaultyLayerStore} tells them. */
public enum Operation {
  /** A directory is made. */
  CREATE_DIRECTORY,
  /** An empty file is made. */
  CREATE_FILE,
  /** Bytes are written to a file, or it is cut off. */
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
  SYNC
}
