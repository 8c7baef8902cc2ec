package dev.overlays.layer;

/** The kind of an entry of a layer. */
public enum EntryType {
  /** A regular file. */
  FILE,
  /** A directory. */
  DIRECTORY,
  /** A symbolic link. */
  SYMLINK,
  /** A character device; with device number 0:0 it is a whiteout. */
  CHARACTER_DEVICE,
  /** A block device. */
  BLOCK_DEVICE,
  /** A named pipe. */
  FIFO,
  /** A socket. */
  SOCKET,
  /** Unknown: the listing did not say; {@link LayerDirectory#stat} does. */
  UNKNOWN
}
