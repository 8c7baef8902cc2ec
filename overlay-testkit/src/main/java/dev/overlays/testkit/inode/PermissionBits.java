package dev.overlays.testkit.inode;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Converts permissions between mode bits and sets. */
public final class PermissionBits {
  private PermissionBits() {}

  /**
   * Converts a set to bits.
   *
   * @param permissions the permissions
   * @return the lower nine bits of a mode
   */
  public static int toBits(Set<PosixFilePermission> permissions) {
    int bits = 0;
    for (PosixFilePermission permission : permissions) {
      bits |= bitOf(permission);
    }
    return bits;
  }

  /**
   * Converts bits to a set.
   *
   * @param bits a mode; other bits than the lower nine are ignored
   * @return the permissions
   */
  public static Set<PosixFilePermission> toPermissions(int bits) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (PosixFilePermission permission : PosixFilePermission.values()) {
      if ((bits & bitOf(permission)) != 0) {
        permissions.add(permission);
      }
    }
    return permissions;
  }

  private static int bitOf(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ -> 0400;
      case OWNER_WRITE -> 0200;
      case OWNER_EXECUTE -> 0100;
      case GROUP_READ -> 040;
      case GROUP_WRITE -> 020;
      case GROUP_EXECUTE -> 010;
      case OTHERS_READ -> 04;
      case OTHERS_WRITE -> 02;
      case OTHERS_EXECUTE -> 01;
    };
  }
}
