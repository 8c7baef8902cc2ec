package dev.overlays.linux.live;

import dev.overlays.linux.syscall.InodeHandle;
import java.util.Optional;

/**
 * The inode of a layer that an overlay shows at a path. An overlay's file handles contain those of
 * its layers. Source: struct ovl_fh in the kernel's fs/overlayfs/overlayfs.h, ovl_encode_real_fh in
 * fs/overlayfs/copy_up.c; without the option nfs_export since Linux 6.6 (ovl_encode_fh in
 * fs/overlayfs/export.c).
 *
 * @param upper whether it is in the upper
 * @param uuid the UUID of its file system, 16 characters that stand for bytes; zeros if the file
 *     system has none or the overlay leaves it out
 * @param handle the handle by which that file system identifies it
 */
record RealInode(boolean upper, String uuid, InodeHandle handle) {
  private static final String NO_UUID = "\0".repeat(16);

  /** OVL_FILEID_V1. */
  private static final int OVERLAY_TYPE = 0xf8;

  /** OVL_FH_MAGIC. */
  private static final char MAGIC = 0xfb;

  private static final int MAGIC_AT = 4;
  private static final int FLAGS_AT = 6;
  private static final int TYPE_AT = 7;
  private static final int UUID_AT = 8;
  private static final int HANDLE_AT = 24;

  /** OVL_FH_FLAG_PATH_UPPER. */
  private static final int PATH_UPPER = 4;

  /** Bytes before the inner handle that its length field does not count. */
  private static final int PADDING = 3;

  /**
   * Returns the inode that is shown at a path.
   *
   * @param path the bytes of an absolute path in a view; a symbolic link at its end is not followed
   * @return the inode that provides the content; for a directory in several layers, the one in the
   *     upper or else in the first lower; empty if the kernel does not return it
   */
  static Optional<RealInode> shownAt(byte[] path) {
    return InodeHandle.forComparing(path)
        .filter(shown -> shown.type() == OVERLAY_TYPE)
        .flatMap(shown -> parse(shown.bytes()));
  }

  /** Whether the UUID is known: an overlay with uuid=off leaves all UUIDs out. */
  boolean hasUuid() {
    return !uuid.equals(NO_UUID);
  }

  static Optional<RealInode> parse(String bytes) {
    if (bytes.length() <= HANDLE_AT || bytes.charAt(MAGIC_AT) != MAGIC) {
      return Optional.empty();
    }
    int end = PADDING + bytes.charAt(MAGIC_AT + 1);
    if (end <= HANDLE_AT || end > bytes.length()) {
      return Optional.empty();
    }
    return Optional.of(
        new RealInode(
            (bytes.charAt(FLAGS_AT) & PATH_UPPER) != 0,
            bytes.substring(UUID_AT, HANDLE_AT),
            new InodeHandle(bytes.charAt(TYPE_AT), bytes.substring(HANDLE_AT, end))));
  }
}
