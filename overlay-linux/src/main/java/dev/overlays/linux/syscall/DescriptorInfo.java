package dev.overlays.linux.syscall;

import java.nio.charset.StandardCharsets;

/**
 * The mount of a descriptor, for kernels before Linux 5.8 and system call translators, whose
 * statx(2) returns neither the mount ID nor whether the file is the root of its mount.
 */
final class DescriptorInfo {
  private static final byte[] PARENT = "..".getBytes(StandardCharsets.US_ASCII);
  private static final String MOUNT_ID = "mnt_id:";
  private static final int READ_SIZE = 4096;

  private DescriptorInfo() {}

  /**
   * Reads the mount ID that mount tables use. Source: proc(5), /proc/[pid]/fdinfo; Linux 3.15 and
   * later.
   */
  static long mountId(Descriptor descriptor) throws SyscallException {
    byte[] name = ("/proc/self/fdinfo/" + descriptor.number()).getBytes(StandardCharsets.US_ASCII);
    try (Descriptor info = Descriptor.open(name, OpenFlags.RDONLY)) {
      for (String line : readText(info).split("\n", -1)) {
        if (line.startsWith(MOUNT_ID)) {
          return Long.parseLong(line.substring(MOUNT_ID.length()).strip());
        }
      }
    }
    throw new SyscallException(Syscall.STATX, "the ID of a mount, nor does /proc/self/fdinfo");
  }

  private static String readText(Descriptor info) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long length = info.callOn(Syscall.READ, scratch.dataPointer(), READ_SIZE);
      return new String(scratch.readData((int) length), StandardCharsets.US_ASCII);
    }
  }

  /** Whether a directory is the root of its mount: then its parent is on another mount. */
  static boolean isMountRoot(FileId directory, Descriptor descriptor) throws SyscallException {
    try (Descriptor above = descriptor.openAt(PARENT, OpenFlags.PATH)) {
      FileId parent = FileId.withoutMount(above);
      // The root of an unattached mount, like the root of this process, is its own parent.
      return mountId(above) != directory.mountId() || parent.isSameFile(directory);
    }
  }
}
