package dev.overlays.linux.table;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads one mount from the kernel without reading the whole table. Source: statmount(2) and struct
 * statmount in include/uapi/linux/mount.h; Linux 6.8 and later, options since 6.11.
 */
final class StatMount {
  private static final int REQUEST_SIZE = 24;
  private static final int SB_BASIC = 0x1;
  private static final int MNT_BASIC = 0x2;
  private static final int MNT_ROOT = 0x8;
  private static final int MNT_POINT = 0x10;
  private static final int FS_TYPE = 0x20;
  private static final int MNT_OPTS = 0x80;
  private static final int FS_SUBTYPE = 0x100;
  private static final long ALL = SB_BASIC | MNT_BASIC | MNT_ROOT | MNT_POINT | FS_TYPE | MNT_OPTS;
  private static final int SB_RDONLY = 1;
  private static final int MASK = 8;
  private static final int STRINGS = 512;

  private StatMount() {}

  /**
   * Returns the mount with a given unique ID.
   *
   * @return the mount; empty if it does not exist, the kernel does not return all fields (before
   *     6.13 the subtype of a FUSE file system is missing), or its options are longer than 64 KiB
   */
  static Optional<MountRecord> of(long uniqueId) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return recordOf(askKernel(scratch, uniqueId, ALL | FS_SUBTYPE));
    }
  }

  private static Optional<MountRecord> recordOf(ByteBuffer mount) {
    if (mount == null || (mount.getLong(MASK) & ALL) != ALL) {
      return Optional.empty();
    }
    String type = stringAt(mount, 36);
    if ((mount.getLong(MASK) & FS_SUBTYPE) != 0) {
      type += "." + stringAt(mount, 120);
    } else if (type.equals("fuse")) {
      return Optional.empty();
    }
    return Optional.of(
        new MountRecord(
            mount.getInt(56),
            mount.getInt(60),
            Integer.toUnsignedString(mount.getInt(16))
                + ":"
                + Integer.toUnsignedString(mount.getInt(20)),
            PathBytes.toPath(stringAt(mount, 104).getBytes(StandardCharsets.ISO_8859_1)),
            PathBytes.toPath(stringAt(mount, 108).getBytes(StandardCharsets.ISO_8859_1)),
            type,
            attributesOf(mount.getLong(64)),
            propagationOf(mount.getLong(72)),
            (mount.getInt(32) & SB_RDONLY) != 0,
            stringAt(mount, 4)));
  }

  /** Returns the ID of a mount in mount tables; empty if the mount does not exist. */
  static OptionalInt tableId(long uniqueId) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      ByteBuffer mount = askKernel(scratch, uniqueId, MNT_BASIC);
      return mount == null ? OptionalInt.empty() : OptionalInt.of(mount.getInt(56));
    }
  }

  /**
   * Returns the structure that the kernel has filled, in scratch memory; null if the call fails.
   */
  private static ByteBuffer askKernel(ScratchMemory scratch, long uniqueId, long what) {
    ByteBuffer request = scratch.structBuffer();
    request.putInt(0, REQUEST_SIZE).putInt(4, 0).putLong(8, uniqueId).putLong(16, what);
    long result =
        Kernel.attempt(
            Syscall.STATMOUNT,
            scratch.structPointer(),
            scratch.dataPointer(),
            ScratchMemory.DATA_SIZE,
            0);
    return result < 0 ? null : scratch.dataBuffer();
  }

  private static String stringAt(ByteBuffer mount, int field) {
    int start = STRINGS + mount.getInt(field);
    int end = start;
    while (mount.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - start];
    mount.get(start, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** MOUNT_ATTR_* of the mount. */
  private static Set<MountAttribute> attributesOf(long mountAttributes) {
    Set<MountAttribute> attributes = new LinkedHashSet<>();
    for (MountAttribute attribute : MountAttribute.values()) {
      if ((mountAttributes & MountFlags.mountAttributeFlag(attribute)) != 0) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  /** Decodes the MS_* bits of a mount; a slave may be shared, too. */
  private static Propagation propagationOf(long flags) {
    for (Propagation kind :
        List.of(Propagation.SHARED, Propagation.SLAVE, Propagation.UNBINDABLE)) {
      if ((flags & MountFlags.propagationFlag(kind)) != 0) {
        return kind;
      }
    }
    return Propagation.PRIVATE;
  }
}
