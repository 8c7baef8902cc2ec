package dev.overlays;

/** A property of the mount itself, as {@code mount -o} has them for every file system. */
public enum MountAttribute {
  /** Nothing can be written through the mount. */
  READ_ONLY("ro"),

  /** Set-user-ID and set-group-ID bits and file capabilities have no effect. */
  NOSUID("nosuid"),

  /** Device nodes cannot be opened. */
  NODEV("nodev"),

  /** No program can be executed. */
  NOEXEC("noexec"),

  /** Reading does not update access times. */
  NOATIME("noatime"),

  /** Symbolic links are not followed; they can still be read. Linux 5.10 and later. */
  NOSYMFOLLOW("nosymfollow");

  private final String kernelName;

  MountAttribute(String kernelName) {
    this.kernelName = kernelName;
  }

  /**
   * Returns the word that mount(8) and the mount table use for this.
   *
   * @return the option's name
   */
  public String kernelName() {
    return kernelName;
  }
}
