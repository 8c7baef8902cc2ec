package dev.overlays;

/**
 * What becomes, in other mount namespaces that have the view too (a container that was started on
 * its mount point, say), of what is mounted inside the view. The view itself is seen there or not
 * by how the directory is shared in which it is mounted. Source: mount_namespaces(7).
 */
public enum Propagation {
  /** Nothing: mounts inside the view stay where they were made. The default. */
  PRIVATE("private"),

  /** What is mounted inside the view, on any side, is seen on all. */
  SHARED("shared"),

  /**
   * What is mounted inside the place it was copied from is seen here, and nothing is given back.
   */
  SLAVE("slave"),

  /** Like {@link #PRIVATE}, and it cannot be bound to another place either. */
  UNBINDABLE("unbindable");

  private final String kernelName;

  Propagation(String kernelName) {
    this.kernelName = kernelName;
  }

  /**
   * Returns the word that mount(8) has for it.
   *
   * @return for example {@code private}, as in {@code --make-private}
   */
  public String kernelName() {
    return kernelName;
  }
}
