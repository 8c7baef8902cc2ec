package dev.overlays.testkit.replay;

import java.util.Set;

/** A difference that a side may have. If either of two sides names it, it is not compared. */
public enum KnownDifference {
  /** The number of names of a file. Which names are one file is still compared. */
  LINK_COUNTS,
  /** When the entries of a directory were last changed. */
  DIRECTORY_TIMES,
  /**
   * Which names are one file, with {@code metacopy}: if a file gets a new name after its data was
   * copied up, the kernel shows another inode number under that name, until both names are looked
   * up again (tried on Linux 6.18).
   */
  METACOPY_IDENTITY,
  /**
   * Which names are one entry, for entries other than files and directories, with {@code
   * userxattr}: these cannot have origin marks (tried on Linux 6.18).
   */
  NODE_IDENTITY,
  /**
   * Which names are one file, in a user namespace: without file handles no copy records its origin
   * (tried on Linux 6.18).
   */
  ORIGIN_IDENTITY,
  /**
   * Results that differ between JDK 17 and later JDKs: paths through something that is no
   * directory, moves of directories that cannot be changed, modes of symbolic links. Sides that
   * behave as JDK 17 name it; on JDK 17 everything is compared.
   */
  NEWER_JDK,
  /**
   * The set-user-ID and set-group-ID bits of files, in a user namespace: the replay sets none. The
   * kernel writes to the upper's file with the rights of the user who mounted the view, so a write
   * clears the bits even if root writes; a truncation does not (tried on Linux 6.18; source: {@code
   * setattr_should_drop_suidgid} in {@code fs/attr.c} asks for CAP_FSETID in the initial user
   * namespace).
   */
  SET_ID_BITS,
  /** Hard links to symbolic links, which jimfs does not support. */
  LINKED_SYMLINKS,
  /** Device nodes and sockets: the layers contain none. */
  NODES,
  /**
   * Owners other than the current user, and modes that lock that user out: the layers contain none,
   * and the replay sets none. A refused change of owner changes nothing in a kernel's view; the
   * union file system copies the file up before the change is refused.
   */
  OWNERS;

  /**
   * Returns the differences that are flaws of the kernel.
   *
   * @return the differences for mounts of the kernel
   */
  public static Set<KnownDifference> ofKernel() {
    return Set.of(METACOPY_IDENTITY, NODE_IDENTITY);
  }

  /**
   * Returns what the kernel does not do for an ordinary user.
   *
   * @return the differences for mounts in a user namespace
   */
  public static Set<KnownDifference> ofUserNamespace() {
    return Set.of(METACOPY_IDENTITY, NODE_IDENTITY, ORIGIN_IDENTITY, SET_ID_BITS, NODES, OWNERS);
  }

  /**
   * Returns the differences of the union file system, wherever its layers are.
   *
   * @return the differences for union file systems
   */
  public static Set<KnownDifference> ofUnion() {
    return Set.of(NEWER_JDK);
  }

  /**
   * Returns the differences of layers in memory.
   *
   * @return the differences for views of layers in jimfs
   */
  public static Set<KnownDifference> ofJimfs() {
    return Set.of(LINKED_SYMLINKS, NEWER_JDK);
  }
}
