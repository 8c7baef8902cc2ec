package dev.overlays.linux.table;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import java.util.Set;

/**
 * The kernel's flag bits for mount attributes and propagation. Source: include/uapi/linux/mount.h.
 */
public final class MountFlags {
  private MountFlags() {}

  /**
   * Returns the bit for fsmount(2) and statmount(2): MOUNT_ATTR_*.
   *
   * @param attribute the attribute
   * @return one bit
   */
  public static int mountAttributeFlag(MountAttribute attribute) {
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
   * Returns the bits for fsmount(2) and mount_setattr(2).
   *
   * @param attributes the attributes
   * @return one bit for each
   */
  public static int mountAttributeFlags(Set<MountAttribute> attributes) {
    int flags = 0;
    for (MountAttribute attribute : attributes) {
      flags |= mountAttributeFlag(attribute);
    }
    return flags;
  }

  /**
   * Returns the bit for mount(2): MS_*.
   *
   * @param attribute the attribute
   * @return one bit
   */
  public static int mountCallFlag(MountAttribute attribute) {
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
   * Returns the bit for mount(2), mount_setattr(2) and statmount(2): MS_*.
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
