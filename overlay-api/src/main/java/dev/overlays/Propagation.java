package dev.overlays;

/**
 * Whether mounts that are made inside the view appear in other mount namespaces that have the view
 * too, such as that of a container that was started on its mount point. Whether the view itself
 * appears there depends on the propagation of the directory that it is mounted in. Source:
 * mount_namespaces(7).
 */
public enum Propagation {
  /** Mounts inside the view appear only where they were made. The default. */
  PRIVATE("private"),

  /** Mounts inside the view appear in all namespaces, wherever they are made. */
  SHARED("shared"),

  /** Mounts that are made in the original appear here, but not the other way round. */
  SLAVE("slave"),

  /** Like {@link #PRIVATE}; in addition, the view cannot be bind-mounted elsewhere. */
  UNBINDABLE("unbindable");

  private final String kernelName;

  Propagation(String kernelName) {
    this.kernelName = kernelName;
  }

  /**
   * Returns the word that mount(8) uses for it.
   *
   * @return for example {@code private}, as in {@code --make-private}
   */
  public String kernelName() {
    return kernelName;
  }
}
