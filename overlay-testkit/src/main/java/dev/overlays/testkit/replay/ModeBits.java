package dev.overlays.testkit.replay;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Converts permission bits for {@code java.nio.file}. */
final class ModeBits {
  private ModeBits() {}

  /**
   * Converts bits to permissions, whose constants are in the order of the bits, the highest first.
   */
  static Set<PosixFilePermission> toPermissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    int bit = 0400;
    for (PosixFilePermission permission : PosixFilePermission.values()) {
      if ((mode & bit) != 0) {
        permissions.add(permission);
      }
      bit >>= 1;
    }
    return permissions;
  }
}
