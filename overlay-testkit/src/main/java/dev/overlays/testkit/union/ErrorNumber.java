package dev.overlays.testkit.union;

/**
 * The errors of a view, the same as those of system calls on a mount. The texts are those of
 * strerror(3), which the JDK puts into its exceptions.
 */
enum ErrorNumber {
  EACCES("Permission denied"),
  EBUSY("Device or resource busy"),
  EEXIST("File exists"),
  EINVAL("Invalid argument"),
  EIO("Input/output error"),
  EISDIR("Is a directory"),
  ELOOP("Too many levels of symbolic links"),
  ENAMETOOLONG("File name too long"),
  ENODATA("No data available"),
  ENOENT("No such file or directory"),
  ENOTDIR("Not a directory"),
  ENOTEMPTY("Directory not empty"),
  ENXIO("No such device or address"),
  EPERM("Operation not permitted"),
  EROFS("Read-only file system"),
  EXDEV("Invalid cross-device link");

  private final String text;

  ErrorNumber(String text) {
    this.text = text;
  }

  String messageText() {
    return text;
  }

  ErrnoException toException() {
    return new ErrnoException(this);
  }
}
