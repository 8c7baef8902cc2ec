package dev.overlays.linux.syscall;

import java.nio.charset.StandardCharsets;

/**
 * What statx(2) does not tell of a file on Linux before 5.8, nor by way of a translator: which
 * mount it is seen by, and whether it is the root of that.
 */
final class DescriptorInfo {
  private static final byte[] PARENT = "..".getBytes(StandardCharsets.US_ASCII);
  private static final String MOUNT_ID = "mnt_id:";
  private static final int READ_SIZE = 4096;

  private DescriptorInfo() {}

  /**
   * Asks for the ID that mount tables have. Source: proc(5), /proc/[pid]/fdinfo; Linux 3.15 and
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

  /** Whether a directory is the root of its mount: what is above it is seen by another one. */
  static boolean isMountRoot(FileId directory, Descriptor descriptor) throws SyscallException {
    try (Descriptor above = descriptor.openAt(PARENT, OpenFlags.PATH)) {
      FileId parent = FileId.withoutMount(above);
      // Above a root that is attached nowhere, and that of this process, there is itself.
      return mountId(above) != directory.mountId() || parent.sameFile(directory);
    }
  }
}
