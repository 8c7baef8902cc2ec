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
  /**
   * The same of every file, in a user namespace: without file handles no copy knows its origin
   * (tried on Linux 6.18).
   */
  ORIGIN_IDENTITY,
  /**
   * Answers that JDKs after 17 give otherwise than 17 does: what is missing because something on
   * the way to it is no directory, moves of directories that cannot be changed, modes of symbolic
   * links. Named by what answers as JDK 17 does; on that nothing is left out.
   */
  NEWER_JDK,
  /**
   * The set-user-ID and set-group-ID bits of files, in a user namespace: none are given. The kernel
   * writes to the file of the upper with the rights of who mounted the view, and so a write takes
   * the bits even when root does it; a truncation does not (tried on Linux 6.18; source: {@code
   * setattr_should_drop_suidgid} in {@code fs/attr.c} asks for CAP_FSETID in the initial user
   * namespace).
   */
  SET_ID_BITS,
  /** Other names of symbolic links, which jimfs cannot give. */
  LINKED_SYMLINKS,
  /** Device nodes and sockets: the layers are made without them. */
  NODES,
  /**
   * Other owners than who runs this, and modes that keep them out: the layers have none, and none
   * are given. Who may not do that changes nothing in a kernel's view; the union file system copies
   * the file up before it is told so.
   */
  OWNERS;

  /**
   * Returns what is the kernel's own flaw.
   *
   * @return what a mount of the kernel need not have right
   */
  public static Set<KnownDifference> ofKernel() {
    return Set.of(METACOPY_IDENTITY, NODE_IDENTITY);
  }

  /**
   * Returns what the kernel cannot do for an ordinary user.
   *
   * @return what a mount in a user namespace need not have as one of root has it
   */
  public static Set<KnownDifference> ofUserNamespace() {
    return Set.of(METACOPY_IDENTITY, NODE_IDENTITY, ORIGIN_IDENTITY, SET_ID_BITS, NODES, OWNERS);
  }

  /**
   * Returns what the union file system need not have as a kernel has it, wherever its layers are.
   *
   * @return what depends on the JDK
   */
  public static Set<KnownDifference> ofUnion() {
    return Set.of(NEWER_JDK);
  }

  /**
   * Returns what layers in memory lack.
   *
   * @return what a view of layers in jimfs need not have as a kernel has it
   */
  public static Set<KnownDifference> ofJimfs() {
    return Set.of(LINKED_SYMLINKS, NEWER_JDK);
  }
}
