package dev.overlays.merge.oci.tar;

import dev.overlays.layer.MarkNamespace;

/** Tells the extended attributes of overlays, which an archive does not hold. */
public final class OverlayXattrs {
  private OverlayXattrs() {}

  /**
   * Whether an extended attribute is a mark of the kernel or of fuse-overlayfs. An archive says the
   * same by the names of whiteouts.
   */
  public static boolean isMark(String xattr) {
    return MarkNamespace.TRUSTED.isMark(xattr)
        || MarkNamespace.USER.isMark(xattr)
        || xattr.startsWith("user.fuseoverlayfs.");
  }
}
