package dev.overlays.linux.syscall;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the calling thread may do. */
public final class ThreadPrivilege {
  /** {@code _LINUX_CAPABILITY_VERSION_3}. Source: include/uapi/linux/capability.h. */
  private static final int VERSION = 0x20080522;

  private static final int DATA = 8;
  private static final int CAP_SYS_ADMIN = 21;

  private static final Path USER_MAP = Path.of("/proc/self/uid_map");

  /** A JVM has many threads from its start, so it can never enter another user namespace. */
  private static volatile Boolean mapped;

  private ThreadPrivilege() {}

  /**
   * Tells whether the thread may mount: CAP_SYS_ADMIN in its user namespace. Source: capget(2).
   *
   * @return whether the capability is in effect
   */
  public static boolean mayMount() {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      ByteBuffer struct = scratch.structBuffer();
      struct.putInt(0, VERSION).putInt(4, 0);
      long result =
          Kernel.attempt(Syscall.CAPGET, scratch.structPointer(), scratch.structPointer() + DATA);
      return result == 0 && (struct.getInt(DATA) & (1 << CAP_SYS_ADMIN)) != 0;
    }
  }

  /**
   * Returns the user as whom this thread works. Source: geteuid(2).
   *
   * @return the number of the user, in the user namespace of this process
   */
  public static long effectiveUser() {
    return Kernel.attempt(Syscall.GETEUID);
  }

  /**
   * Tells whether this process lives in a user namespace of its own, where the attributes {@code
   * trusted.*} cannot be written. Source: user_namespaces(7).
   *
   * @return whether its user IDs are mapped
   */
  public static boolean inUserNamespace() {
    Boolean known = mapped;
    if (known == null) {
      try {
        String map = Files.readString(USER_MAP).strip();
        known = !map.matches("0\\s+0\\s+4294967295");
      } catch (NoSuchFileException e) {
        // A kernel without user namespaces.
        known = false;
      } catch (IOException e) {
        // Asked again another time: too many files may be open at this moment.
        return false;
      }
      mapped = known;
    }
    return known;
  }
}
