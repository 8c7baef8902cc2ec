package dev.overlays.testkit.replay;

import java.util.Set;

/**
 * What a side is allowed to have in another way than the others. What one of two sides names is
 * compared on neither.
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
   * The same of what is neither file nor directory, where {@code userxattr} is on: marks of the
   * origin cannot be put on these (tried on Linux 6.18).
   */
  NODE_IDENTITY,
  /** Other names of symbolic links, which jimfs cannot give. */
  LINKED_SYMLINKS,
  /** Device nodes and sockets: the layers are made without them. */
  NODES;

  /**
   * Returns what is the kernel's own flaw.
   *
   * @return what a mount of the kernel need not have right
   */
  public static Set<KnownDifference> ofKernel() {
    return Set.of(METACOPY_IDENTITY, NODE_IDENTITY);
  }

  /**
   * Returns what layers in memory lack.
   *
   * @return what a view of layers in jimfs need not have as a kernel has it
   */
  public static Set<KnownDifference> ofJimfs() {
    return Set.of(LINKED_SYMLINKS);
  }
}
