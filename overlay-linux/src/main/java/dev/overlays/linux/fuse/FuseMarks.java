package dev.overlays.linux.fuse;

import dev.overlays.linux.syscall.ThreadPrivilege;

/** Where the daemon of this user keeps its marks. Source: set_fd_opaque in its main.c. */
final class FuseMarks {
  private FuseMarks() {}

  /** Whether they are root's; otherwise they are of a kind of its own, and of users. */
  static boolean areTrusted() {
    return ThreadPrivilege.mayMount() && !ThreadPrivilege.inUserNamespace();
  }
}
