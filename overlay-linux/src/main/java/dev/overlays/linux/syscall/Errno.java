package dev.overlays.linux.syscall;

/**
 * Why a system call failed. The numbers are the same on x86_64 and aarch64. Source: the kernel's
 * include/uapi/asm-generic/errno-base.h and errno.h.
 */
public enum Errno {
  EPERM(1, "operation not permitted"),
  ENOENT(2, "no such file or directory"),
  EINTR(4, "interrupted"),
  EIO(5, "input/output error"),
  ENXIO(6, "no such address"),
  E2BIG(7, "too large"),
  EBADF(9, "bad file descriptor"),
  EAGAIN(11, "not now"),
  ENOMEM(12, "out of memory"),
  EACCES(13, "permission denied"),
  EBUSY(16, "device or resource busy"),
  EEXIST(17, "file exists"),
  EXDEV(18, "on another file system"),
  ENODEV(19, "no such device"),
  ENOTDIR(20, "not a directory"),
  EISDIR(21, "is a directory"),
  EINVAL(22, "invalid argument"),
  ENFILE(23, "too many open files in the system"),
  EMFILE(24, "too many open files in this process"),
  ENOTTY(25, "not for this kind of file"),
  EFBIG(27, "file too large"),
  ENOSPC(28, "no space left on device"),
  EROFS(30, "read-only file system"),
  EMLINK(31, "too many links"),
  EPIPE(32, "broken pipe"),
  ERANGE(34, "result too large"),
  ENAMETOOLONG(36, "file name too long"),
  ENOSYS(38, "not implemented by this kernel"),
  ENOTEMPTY(39, "directory not empty"),
  ELOOP(40, "too many levels of symbolic links"),
  ENODATA(61, "no data available"),
  EOVERFLOW(75, "value too large"),
  EOPNOTSUPP(95, "not supported"),
  ESTALE(116, "stale file handle"),
  EDQUOT(122, "disk quota exceeded"),

  /** Any other; the number is in the exception's message. */
  OTHER(0, "error");

  private static final Errno[] BY_NUMBER = new Errno[133];

  static {
    for (Errno errno : values()) {
      BY_NUMBER[errno.number] = errno;
    }
  }

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /**
   * Returns the error of a number.
   *
   * @param number as the kernel has it, positive
   * @return the error, {@link #OTHER} for one that is not named here
   */
  public static Errno of(int number) {
    Errno errno = number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    return errno == null ? OTHER : errno;
  }

  /**
   * Tells whether an answer may mean that a call cannot be had here at all: an older kernel says
   * ENOSYS, and a container's seccomp profile, a translator or an older container runtime may say
   * EPERM or EOPNOTSUPP instead. Where those can be a true answer, {@link CallProbe} tells which.
   *
   * @param result what {@link Kernel#attempt} has returned
   * @return whether it may
   */
  public static boolean isUnavailable(long result) {
    return result == -ENOSYS.number || result == -EPERM.number || result == -EOPNOTSUPP.number;
  }

  /**
   * Tells whether the call failed for want of something that others may have left by the next time:
   * what could not be found out then is asked again, not remembered.
   *
   * @return whether descriptors or memory ran out
   */
  public boolean isShortage() {
    return this == EMFILE || this == ENFILE || this == ENOMEM;
  }

  /**
   * Returns the number.
   *
   * @return as the kernel has it; 0 of {@link #OTHER}
   */
  public int number() {
    return number;
  }

  /**
   * Returns the meaning in words.
   *
   * @return a few words in small letters
   */
  public String text() {
    return text;
  }
}
