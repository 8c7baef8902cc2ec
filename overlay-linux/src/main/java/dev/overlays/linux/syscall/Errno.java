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
  ENOLCK(37, "no locks available"),
  ENOSYS(38, "not implemented by this kernel"),
  ENOTEMPTY(39, "directory not empty"),
  ELOOP(40, "too many levels of symbolic links"),
  ENODATA(61, "no data available"),
  EOVERFLOW(75, "value too large"),
  EOPNOTSUPP(95, "not supported"),
  ESTALE(116, "stale file handle"),
  EDQUOT(122, "disk quota exceeded"),

  /** Any other error; the exception's message has the number. */
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
   * Returns the error with a number.
   *
   * @param number the kernel's number, positive
   * @return the error; {@link #OTHER} if this enum does not name it
   */
  public static Errno of(int number) {
    Errno errno = number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    return errno == null ? OTHER : errno;
  }

  /**
   * Returns whether a result may mean that the call is unavailable here: an older kernel returns
   * ENOSYS, and a container's seccomp profile, a translator or an older container runtime may
   * return EPERM or EOPNOTSUPP instead. Where these may also be a genuine result, {@link CallProbe}
   * distinguishes the two.
   *
   * @param result the result of {@link Kernel#attempt}
   * @return whether the call may be unavailable
   */
  public static boolean isUnavailable(long result) {
    return result == -ENOSYS.number || result == -EPERM.number || result == -EOPNOTSUPP.number;
  }

  /**
   * Returns whether the call failed for lack of a resource that may be free later. A result found
   * in that state must not be cached.
   *
   * @return whether descriptors or memory ran out
   */
  public boolean isShortage() {
    return this == EMFILE || this == ENFILE || this == ENOMEM;
  }

  /**
   * Returns the number.
   *
   * @return the kernel's number; 0 for {@link #OTHER}
   */
  public int number() {
    return number;
  }

  /**
   * Returns a short description.
   *
   * @return a few words in lower case
   */
  public String text() {
    return text;
  }
}
