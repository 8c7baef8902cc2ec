package dev.overlays.linux.layer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The names of a list of extended attributes. Most entries of a layer have the same ones as the
 * entry before, so the last list is kept rather than made anew.
 */
final class XattrNames {
  /**
   * How XFS keeps what it also lists as {@code system.posix_acl_*}: other file systems have no use
   * for it. Source: the kernel's fs/xfs/libxfs/xfs_da_format.h.
   */
  private static final Set<String> ACLS_OF_XFS =
      Set.of("trusted.SGI_ACL_FILE", "trusted.SGI_ACL_DEFAULT");

  private final byte[] list;
  private final List<String> names;

  private XattrNames(byte[] list, List<String> names) {
    this.list = list;
    this.names = names;
  }

  /** Takes a list apart: names that end with NUL, one character for each byte. */
  static XattrNames of(byte[] list) {
    List<String> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < list.length; i++) {
      if (list[i] == 0) {
        String name = new String(list, start, i - start, StandardCharsets.ISO_8859_1);
        if (!ACLS_OF_XFS.contains(name)) {
          names.add(name);
        }
        start = i + 1;
      }
    }
    return new XattrNames(list, List.copyOf(names));
  }

  boolean areIn(byte[] other) {
    return Arrays.equals(list, other);
  }

  List<String> namesIn() {
    return names;
  }
}
