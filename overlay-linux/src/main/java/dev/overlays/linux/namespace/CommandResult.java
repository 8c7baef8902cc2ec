package dev.overlays.linux.namespace;

/**
 * What came of a command.
 *
 * @param status its exit status
 * @param words what it printed, without blanks at the ends
 */
public record CommandResult(int status, String words) {

  /**
   * Tells whether the command has done what it should.
   *
   * @return whether its status is 0
   */
  public boolean hasSucceeded() {
    return status == 0;
  }

  /**
   * Tells whether mount(8) or umount(8) has failed because somebody uses something. Their words are
   * the only way to know: they have one status for all failures of the kernel. In the locale C,
   * which every namespace has, they say "target is busy", "mount point is busy", "overlay already
   * mounted or mount point busy" or, where another one is mounted, "overlay already mounted on".
   *
   * @return whether the kernel said EBUSY
   */
  public boolean saysBusy() {
    return status != 0 && (words.contains("busy") || words.contains("already mounted"));
  }
}
