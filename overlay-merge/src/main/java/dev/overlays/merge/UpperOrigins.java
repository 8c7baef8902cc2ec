package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The marks that tie directories of an upper to those of its lower. With {@code nfs_export} the
 * kernel merges a directory of the upper only with the one that its mark names, so a merge that
 * makes one in the lower has to set it, before it moves anything there. Sources: the kernel's
 * fs/overlayfs/namei.c, {@code ovl_lookup} and {@code ovl_verify_origin_xattr}, and overlayfs.h,
 * {@code struct ovl_fb}.
 */
final class UpperOrigins {
  /** Version, magic, length, flags, type and the identity of the file system. */
  static final int HEADER = 21;

  private static final int LENGTH = 2;
  private static final UpperOrigins NONE = new UpperOrigins(null, null, null);

  private final Changes changes;
  private final String mark;
  private final byte[] header;

  private UpperOrigins(Changes changes, String mark, byte[] header) {
    this.changes = changes;
    this.mark = mark;
    this.header = header;
  }

  /** Sets no marks. */
  static UpperOrigins none() {
    return NONE;
  }

  /**
   * Sets the marks of an upper; all of them begin as that of its root, which the kernel sets at the
   * first mount with an index. Without it nothing has been tied yet.
   */
  static UpperOrigins of(Changes changes, MarkNamespace marks, LayerDirectory upper)
      throws IOException {
    String mark = Mark.ORIGIN.xattr(marks);
    Optional<byte[]> root = changes.dryRun() ? Optional.empty() : upper.xattr(Name.SELF, mark);
    return root.filter(value -> value.length > HEADER)
        .map(value -> new UpperOrigins(changes, mark, Arrays.copyOf(value, HEADER)))
        .orElse(NONE);
  }

  /** Ties a directory of the upper to one of the lower, unless it is. */
  void tie(LayerDirectory upper, Name name, LayerDirectory lower, Name lowerName)
      throws IOException {
    if (header == null) {
      return;
    }
    Optional<byte[]> handle = lower.fileHandle(lowerName);
    if (handle.isPresent() && !names(upper.xattr(name, mark), handle.get())) {
      byte[] value = Arrays.copyOf(header, HEADER + handle.get().length);
      System.arraycopy(handle.get(), 0, value, HEADER, handle.get().length);
      value[LENGTH] = (byte) value.length;
      changes.setMark(upper, name, Mark.ORIGIN, value);
    }
  }

  /** Whether the mark of an entry names a file handle. */
  static boolean names(Optional<byte[]> mark, byte[] handle) {
    return mark.isPresent()
        && mark.get().length == HEADER + handle.length
        && Arrays.equals(mark.get(), HEADER, mark.get().length, handle, 0, handle.length);
  }
}
