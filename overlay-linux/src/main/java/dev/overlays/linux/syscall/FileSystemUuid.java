package dev.overlays.linux.syscall;

import java.util.Optional;

/** The UUID of a file system as the kernel knows it. Source: FS_IOC_GETFSUUID, Linux 6.9. */
public final class FileSystemUuid {
  private static final int GET_UUID = 0x80111500;
  private static final int LENGTH = 16;

  private FileSystemUuid() {}

  /**
   * Asks the kernel.
   *
   * @param descriptor open for reading
   * @return 16 bytes; empty if the file system has none, or the kernel does not tell
   */
  public static Optional<byte[]> of(Descriptor descriptor) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result =
          descriptor.attemptOn(
              Syscall.IOCTL, Integer.toUnsignedLong(GET_UUID), scratch.structPointer());
      if (result < 0 || scratch.structBuffer().get(0) != LENGTH) {
        return Optional.empty();
      }
      byte[] uuid = new byte[LENGTH];
      scratch.structBuffer().get(1, uuid);
      return Optional.of(uuid);
    }
  }
}
