package dev.overlays.testkit.tree;

import java.util.EnumSet;
import java.util.Set;

/** What a {@link TreeSnapshot} keeps of each entry, beside its kind and the target of a link. */
public enum SnapshotDetail {
  /** The size of a file. */
  SIZE,
  /** The content of a file, by its SHA-256. */
  CONTENT,
  /** The mode, or what permissions there are; where there are any. */
  MODE,
  /** User and group by number, or the name of the owner; where there is one. */
  OWNER,
  /** When the content was last changed, of directories too. */
  TIMES,
  /** User-defined extended attributes, where there are any. */
  XATTRS,
  /** Which names are links to one inode. */
  LINKS;

  /**
   * Returns what tells quickly whether anybody has changed a tree: everything for which no file has
   * to be opened.
   *
   * @return size, mode, owner and times
   */
  public static Set<SnapshotDetail> metadata() {
    return EnumSet.of(SIZE, MODE, OWNER, TIMES);
  }

  /**
   * Returns what makes two trees equal to whoever uses them: everything but times.
   *
   * @return all but {@link #TIMES}
   */
  public static Set<SnapshotDetail> timeless() {
    return EnumSet.complementOf(EnumSet.of(TIMES));
  }

  /**
   * Returns everything.
   *
   * @return all of them
   */
  public static Set<SnapshotDetail> all() {
    return EnumSet.allOf(SnapshotDetail.class);
  }
}
