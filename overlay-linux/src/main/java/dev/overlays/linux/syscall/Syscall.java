package dev.overlays.linux.syscall;

import java.util.Locale;
import java.util.Optional;

/**
 * The system calls used here, with their numbers. Sources: the kernel's
 * arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h, which aarch64 uses;
 * from 424 on the numbers are the same everywhere.
 */
public enum Syscall {
  CAPGET(125, 90),
  CLOSE(3, 57),
  COPY_FILE_RANGE(326, 285),
  FACCESSAT(269, 48),
  FCHMOD(91, 52),
  FCHMODAT(268, 53),
  FCHMODAT2(452, "6.6"),
  FCHOWNAT(260, 54),
  FCNTL(72, 25),
  FGETXATTR(193, 10),
  FLOCK(73, 32),
  FSCONFIG(431, "5.2"),
  FSETXATTR(190, 7),
  FTRUNCATE(77, 46),
  FSYNC(74, 82),
  IOCTL(16, 29),
  NAME_TO_HANDLE_AT(303, 264),
  SYNCFS(306, 267),
  FSMOUNT(432, "5.2"),
  FSOPEN(430, "5.2"),
  FSPICK(433, "5.2"),
  FSTATFS(138, 44),
  GETDENTS64(217, 61),
  GETEUID(107, 175),
  GETXATTRAT(464, "6.13"),
  LGETXATTR(192, 9),
  LINKAT(265, 37),
  LISTXATTRAT(465, "6.13"),
  LLISTXATTR(195, 12),
  LREMOVEXATTR(198, 15),
  LSEEK(8, 62),
  LSETXATTR(189, 6),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  MMAP(9, 222),
  MOUNT(165, 40),
  MOUNT_SETATTR(442, "5.12"),
  MOVE_MOUNT(429, "5.2"),
  OPENAT(257, 56),
  OPENAT2(437, "5.6"),
  OPEN_BY_HANDLE_AT(304, 265),
  OPEN_TREE(428, "5.2"),
  PIDFD_GETFD(438, "5.6"),
  PIDFD_OPEN(434, "5.3"),
  PPOLL(271, 73),
  PWRITE64(18, 68),
  READ(0, 63),
  READLINKAT(267, 78),
  REMOVEXATTRAT(466, "6.13"),
  RENAMEAT(264, 38),
  RENAMEAT2(316, 276),
  SETXATTRAT(463, "6.13"),
  STATMOUNT(457, "6.8"),
  STATX(332, 291),
  SYMLINKAT(266, 36),
  SYNC(162, 81),
  UMOUNT2(166, 39),
  UNLINKAT(263, 35),
  UNSHARE(272, 97),
  UTIMENSAT(280, 88),
  WRITE(1, 64);

  private final int x86;
  private final int aarch;
  private final Optional<String> since;

  Syscall(int everywhere, String since) {
    this(everywhere, everywhere, Optional.of(since));
  }

  Syscall(int x86, int aarch) {
    this(x86, aarch, Optional.empty());
  }

  Syscall(int x86, int aarch, Optional<String> since) {
    this.x86 = x86;
    this.aarch = aarch;
    this.since = since;
  }

  int number(ProcessorType machine) {
    return machine == ProcessorType.X86_64 ? x86 : aarch;
  }

  /**
   * Returns the first kernel version that has the call.
   *
   * @return the version; empty if every kernel that can run this library has the call
   */
  public Optional<String> sinceRelease() {
    return since;
  }

  /** Returns the name as in the manual pages. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
