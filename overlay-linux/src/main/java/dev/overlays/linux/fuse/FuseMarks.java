package dev.overlays.linux.fuse;

import dev.overlays.linux.syscall.ThreadPrivilege;

/** Tells where the daemon of this user keeps its marks. Source: set_fd_opaque in its main.c. */
final class FuseMarks {
  private FuseMarks() {}

  /**
   * Whether the marks are in {@code trusted.*}; otherwise the daemon uses user attributes, some of
   * them its own.
   */
  static boolean areTrusted() {
    return ThreadPrivilege.mayMount() && !ThreadPrivilege.inUserNamespace();
  }
}
