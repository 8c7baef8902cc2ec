package dev.overlays.linux.syscall;

import java.util.Locale;

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
  FCHMODAT(268, 53),
  FCHMODAT2(452),
  FCHOWNAT(260, 54),
  FCNTL(72, 25),
  FLOCK(73, 32),
  FSCONFIG(431),
  FSETXATTR(190, 7),
  FTRUNCATE(77, 46),
  FSYNC(74, 82),
  IOCTL(16, 29),
  NAME_TO_HANDLE_AT(303, 264),
  SYNCFS(306, 267),
  FSMOUNT(432),
  FSOPEN(430),
  FSPICK(433),
  FSTATFS(138, 44),
  GETDENTS64(217, 61),
  GETEUID(107, 175),
  GETXATTRAT(464),
  LGETXATTR(192, 9),
  LINKAT(265, 37),
  LISTXATTRAT(465),
  LLISTXATTR(195, 12),
  LREMOVEXATTR(198, 15),
  LSEEK(8, 62),
  LSETXATTR(189, 6),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  MOUNT(165, 40),
  MOUNT_SETATTR(442),
  MOVE_MOUNT(429),
  OPENAT(257, 56),
  OPENAT2(437),
  OPEN_TREE(428),
  PIDFD_OPEN(434),
  PPOLL(271, 73),
  READ(0, 63),
  READLINKAT(267, 78),
  REMOVEXATTRAT(466),
  RENAMEAT2(316, 276),
  SETXATTRAT(463),
  STATMOUNT(457),
  STATX(332, 291),
  SYMLINKAT(266, 36),
  UMOUNT2(166, 39),
  UNLINKAT(263, 35),
  UNSHARE(272, 97),
  UTIMENSAT(280, 88),
  WRITE(1, 64);

  private final int x86;
  private final int aarch;

  Syscall(int everywhere) {
    this(everywhere, everywhere);
  }

  Syscall(int x86, int aarch) {
    this.x86 = x86;
    this.aarch = aarch;
  }

  int number(Machine machine) {
    return machine == Machine.X86_64 ? x86 : aarch;
  }

  /** Returns the name as in the manual pages. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
