package dev.overlays.linux.table;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;

/** The kernel's numbers for the properties of a mount. Source: include/uapi/linux/mount.h. */
public final class MountFlags {
  private MountFlags() {}

  /**
   * Returns the number that fsmount(2) and statmount(2) have: MOUNT_ATTR_*.
   *
   * @param attribute the attribute
   * @return one bit
   */
  public static int attributeFlag(MountAttribute attribute) {
    return switch (attribute) {
      case READ_ONLY -> 0x1;
      case NOSUID -> 0x2;
      case NODEV -> 0x4;
      case NOEXEC -> 0x8;
      case NOATIME -> 0x10;
      case NOSYMFOLLOW -> 0x200000;
    };
  }

  /**
   * Returns the number that mount(2) has: MS_*.
   *
   * @param attribute the attribute
   * @return one bit
   */
  public static int flagOf(MountAttribute attribute) {
    return switch (attribute) {
      case READ_ONLY -> 0x1;
      case NOSUID -> 0x2;
      case NODEV -> 0x4;
      case NOEXEC -> 0x8;
      case NOATIME -> 0x400;
      case NOSYMFOLLOW -> 0x100;
    };
  }

  /**
   * Returns the number that mount(2), mount_setattr(2) and statmount(2) have: MS_*.
   *
   * @param propagation the kind
   * @return one bit
   */
  public static int propagationFlag(Propagation propagation) {
    return switch (propagation) {
      case UNBINDABLE -> 1 << 17;
      case PRIVATE -> 1 << 18;
      case SLAVE -> 1 << 19;
      case SHARED -> 1 << 20;
    };
  }
}
