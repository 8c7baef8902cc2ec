package dev.overlays.testkit.tree;

import java.util.EnumSet;
import java.util.Set;

/** What a {@link TreeSnapshot} records of each entry, beside its kind and the target of a link. */
public enum SnapshotDetail {
  /** The size of a file. */
  SIZE,
  /** The content of a file, by its SHA-256. */
  CONTENT,
  /** The mode or the permissions, where the file system has any. */
  MODE,
  /** User and group by number, or the name of the owner, where the file system has one. */
  OWNER,
  /** The modification time, that of directories, too. */
  TIMES,
  /** User-defined extended attributes, where the file system has any. */
  XATTRS,
  /** Which names are hard links to one inode. */
  LINKS;

  /**
   * Returns the details that need no file to be opened: they show quickly whether a tree has
   * changed.
   *
   * @return size, mode, owner and times
   */
  public static Set<SnapshotDetail> metadata() {
    return EnumSet.of(SIZE, MODE, OWNER, TIMES);
  }

  /**
   * Returns everything but times: the details in which equal trees agree for their users.
   *
   * @return all but {@link #TIMES}
   */
  public static Set<SnapshotDetail> allButTimes() {
    return EnumSet.complementOf(EnumSet.of(TIMES));
  }

  /**
   * Returns all details.
   *
   * @return all of them
   */
  public static Set<SnapshotDetail> all() {
    return EnumSet.allOf(SnapshotDetail.class);
  }
}
