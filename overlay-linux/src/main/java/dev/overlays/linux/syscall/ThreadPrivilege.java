package dev.overlays.linux.syscall;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.StringTokenizer;

/** The rights of the calling thread. */
public final class ThreadPrivilege {
  /** {@code _LINUX_CAPABILITY_VERSION_3}. Source: include/uapi/linux/capability.h. */
  private static final int VERSION = 0x20080522;

  private static final int DATA = 8;
  private static final int CAP_SYS_ADMIN = 21;

  private static final Path USER_MAP = Path.of("/proc/self/uid_map");
  private static final int MAP_FIELDS = 3;

  /**
   * Constant for a JVM: it is multi-threaded from the start, so it can never enter another user
   * namespace.
   */
  private static volatile Boolean mapped;

  private ThreadPrivilege() {}

  /**
   * Returns whether the thread may mount: whether it has CAP_SYS_ADMIN in its user namespace.
   * Source: capget(2).
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
   * Returns the effective user ID of this thread. Source: geteuid(2).
   *
   * @return the user ID in the user namespace of this process
   */
  public static long effectiveUser() {
    return Kernel.attempt(Syscall.GETEUID);
  }

  /** Whether a map maps all users to themselves: {@code 0 0 4294967295}. */
  private static boolean isWholeMap(String map) {
    StringTokenizer fields = new StringTokenizer(map);
    return fields.countTokens() == MAP_FIELDS
        && fields.nextToken().equals("0")
        && fields.nextToken().equals("0")
        && fields.nextToken().equals("4294967295");
  }

  /**
   * Returns whether this process is in a user namespace other than the initial one, where the
   * attributes {@code trusted.*} cannot be written. Source: user_namespaces(7).
   *
   * @return whether its user IDs are mapped
   */
  public static boolean inUserNamespace() {
    Boolean known = mapped;
    if (known == null) {
      try {
        String map = Files.readString(USER_MAP).strip();
        known = !isWholeMap(map);
      } catch (NoSuchFileException e) {
        // A kernel without user namespaces.
        known = false;
      } catch (IOException e) {
        // Not cached: too many files may be open at this moment.
        return false;
      }
      mapped = known;
    }
    return known;
  }
}
