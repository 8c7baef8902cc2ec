package dev.overlays.layer;

import dev.overlays.fuseform.FuseForm;
import java.util.Locale;
import java.util.Optional;

/**
 * An extended attribute by which OverlayFS remembers something in a layer. Source: the kernel's
 * fs/overlayfs/overlayfs.h and Documentation/filesystems/overlayfs.rst.
 */
public enum Mark {
  /**
   * On a directory, {@code y}: directories of the same name in layers below are hidden; {@code x}:
   * it may hold whiteouts in the form of extended attributes.
   */
  OPAQUE,
  /** On an empty file in a directory whose {@link #OPAQUE} is {@code x}: it is a whiteout. */
  WHITEOUT,
  /** On a directory or metacopy file: under which name the layers below have it. */
  REDIRECT,
  /** On a file: it carries metadata only, its data is in a layer below. */
  METACOPY,
  /** On what was copied up: the file handle of what it was copied from. */
  ORIGIN,
  /** On a directory, {@code y}: it may hold entries with an {@link #ORIGIN}. */
  IMPURE,
  /** On an indexed file: how its link count differs from that of the inode. */
  NLINK,
  /** On an entry of the index: the file handle of the upper's directory. */
  UPPER,
  /** On the root of an upper: the identity of the mounts made with it. */
  UUID,
  /** On a file or directory: that it shows as immutable ({@code i}) or append-only ({@code a}). */
  PROTATTR,
  /**
   * A mark of this library, that the kernel hides and ignores: on a directory of an upper that a
   * merge works in, when the directory was last changed before.
   */
  MERGE_TIME,
  /**
   * A mark of this library: on an inode of an upper that has several names, under which path a
   * merge has put a copy of it into the lower.
   */
  MERGE_COPY,
  /**
   * A mark of this library: on the root of an upper while it and others are merged into one lower,
   * when its new directories have been made transparent.
   */
  MERGE_SHARED,
  /**
   * A mark of this library: on the root of a layer that is merged and has no work directory, the
   * name of the directory beside it in which the merge prepares its changes.
   */
  MERGE_STAGING,
  /**
   * A mark of this library: on the root of an upper that fuse-overlayfs writes to, or has written
   * to and has not been {@linkplain FuseForm#convert turned} into the kernel's form since.
   */
  FUSE;

  private final String suffix = name().toLowerCase(Locale.ROOT);

  /**
   * Returns the full name of the extended attribute.
   *
   * @param namespace where marks are kept
   * @return for example {@code trusted.overlay.opaque}
   */
  public String xattr(MarkNamespace namespace) {
    return namespace.prefix() + suffix;
  }

  /**
   * Returns the mark that an extended attribute is.
   *
   * @param xattr the full name of an extended attribute
   * @param namespace where marks are kept
   * @return the mark; empty if it is none, or one that is not known here
   */
  public static Optional<Mark> of(String xattr, MarkNamespace namespace) {
    if (namespace.isMark(xattr)) {
      String name = xattr.substring(namespace.prefix().length());
      for (Mark mark : values()) {
        if (mark.suffix.equals(name)) {
          return Optional.of(mark);
        }
      }
    }
    return Optional.empty();
  }
}
