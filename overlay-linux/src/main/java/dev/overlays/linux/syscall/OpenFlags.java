package dev.overlays.linux.syscall;

/**
 * Flags of openat(2). Two of them differ between processors. Sources: the kernel's
 * include/uapi/asm-generic/fcntl.h and arch/arm64/include/uapi/asm/fcntl.h.
 */
public final class OpenFlags {
  /** Reading only. */
  public static final int RDONLY = 0;

  /** Writing only. */
  public static final int WRONLY = 1;

  /** For reading and writing. */
  public static final int RDWR = 2;

  /** Creates the file. */
  public static final int CREAT = 0x40;

  /** Fails if the file exists. */
  public static final int EXCL = 0x80;

  /** Does not wait for the other end of a pipe or for a record of the kernel log. */
  public static final int NONBLOCK = 0x800;

  /** Closes the descriptor in child processes. */
  public static final int CLOEXEC = 0x80000;

  /** Opens only a place in the tree, without the right to read or write. */
  public static final int PATH = 0x200000;

  /** Fails for anything but a directory. */
  public static final int DIRECTORY = onAarch64() ? 0x4000 : 0x10000;

  /** Fails for a symbolic link. */
  public static final int NOFOLLOW = onAarch64() ? 0x8000 : 0x20000;

  private OpenFlags() {}

  private static boolean onAarch64() {
    return ProcessorType.currentType().orElse(null) == ProcessorType.AARCH64;
  }
}
