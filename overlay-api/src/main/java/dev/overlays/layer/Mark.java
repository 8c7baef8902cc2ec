package dev.overlays.layer;

import dev.overlays.fuseform.FuseForm;
import java.util.Locale;
import java.util.Optional;

/**
 * An extended attribute in which OverlayFS, or this library, stores something in a layer. Source:
 * the kernel's fs/overlayfs/overlayfs.h and Documentation/filesystems/overlayfs.rst.
 */
public enum Mark {
  /**
   * On a directory, {@code y}: directories of the same name in layers below are hidden; {@code x}:
   * it may hold whiteouts in the form of extended attributes.
   */
  OPAQUE,
  /** On an empty file in a directory whose {@link #OPAQUE} is {@code x}: it is a whiteout. */
  WHITEOUT,
  /** On a directory or metacopy file: the name that it has in the layers below. */
  REDIRECT,
  /** On a file: it has metadata only; its data is in a layer below. */
  METACOPY,
  /** On an entry that was copied up: the file handle of the original. */
  ORIGIN,
  /** On a directory, {@code y}: it may hold entries with an {@link #ORIGIN}. */
  IMPURE,
  /** On an indexed file: how its link count differs from that of the inode. */
  NLINK,
  /** On an entry of the index: the file handle of the upper's directory. */
  UPPER,
  /** On the root of an upper: the identity of the mounts made with it. */
  UUID,
  /**
   * On a file or directory: the view shows it as immutable ({@code i}) or append-only ({@code a}).
   */
  PROTATTR,
  /**
   * A mark of this library, which the kernel hides and ignores: on a directory of an upper that a
   * merge works in, the time of its last change before the merge.
   */
  MERGE_TIME,
  /**
   * A mark of this library: on an inode of an upper that has several names, the path of the copy
   * that a merge made in the lower.
   */
  MERGE_COPY,
  /**
   * A mark of this library: on the root of an upper that is merged into one lower together with
   * others, after its new directories were made transparent.
   */
  MERGE_SHARED,
  /**
   * A mark of this library: on the root of a layer that is merged and has no work directory, the
   * name of the directory beside it in which the merge prepares its changes.
   */
  MERGE_STAGING,
  /**
   * A mark of this library: on the root of an upper that fuse-overlayfs writes to, or wrote to,
   * until the upper is {@linkplain FuseForm#convert converted} to the kernel's form.
   */
  FUSE;

  private final String suffix = name().toLowerCase(Locale.ROOT);

  /**
   * Returns the full name of the extended attribute.
   *
   * @param namespace the namespace of the marks
   * @return for example {@code trusted.overlay.opaque}
   */
  public String xattr(MarkNamespace namespace) {
    return namespace.prefix() + suffix;
  }

  /**
   * Returns the mark that an extended attribute stands for.
   *
   * @param xattr the full name of an extended attribute
   * @param namespace where marks are kept
   * @return the mark; empty if it is not a mark, or one that this library does not know
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
