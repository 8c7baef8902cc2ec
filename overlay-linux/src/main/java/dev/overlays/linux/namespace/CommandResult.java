package dev.overlays.linux.namespace;

/**
 * The result of a command.
 *
 * @param status its exit status
 * @param words its output, without leading and trailing white space
 */
public record CommandResult(int status, String words) {

  /**
   * Returns whether the command succeeded.
   *
   * @return whether its status is 0
   */
  public boolean hasSucceeded() {
    return status == 0;
  }

  /**
   * Returns whether mount(8) or umount(8) failed with EBUSY. Only the message shows this, since
   * both have one status for all errors of the kernel. In the locale C, which every namespace uses,
   * they print "target is busy", "mount point is busy", "overlay already mounted or mount point
   * busy" or, if another overlay is mounted there, "overlay already mounted on".
   *
   * @return whether the kernel returned EBUSY
   */
  public boolean failedBusy() {
    return status != 0 && (words.contains("busy") || words.contains("already mounted"));
  }
}
