package dev.overlays.testkit.replay;

/**
 * What a side is allowed not to have as a kernel has it. What one of two sides names is compared on
 * neither.
 */
public enum KnownDifference {
  /** The number of names of a file; which names are one file is compared all the same. */
  LINK_COUNTS,
  /** When the entries of a directory were last changed. */
  DIRECTORY_TIMES,
  /**
   * Which names are one file, where {@code metacopy} is on: a kernel gives the name that a file
   * gets after its data was copied up another inode number than the old one, until both are looked
   * up anew (tried on Linux 6.18).
   */
  METACOPY_IDENTITY,
  /**
   * The same of what is no regular file, where {@code userxattr} is on: such a mark of its origin
   * cannot be put on these (tried on Linux 6.18).
   */
  NODE_IDENTITY,
  /** Other names of symbolic links, which jimfs cannot give. */
  LINKED_SYMLINKS,
  /** Device nodes, pipes and sockets: the layers are made without them. */
  NODES
}
