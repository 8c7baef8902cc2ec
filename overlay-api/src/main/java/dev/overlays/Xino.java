package dev.overlays;

import java.util.Locale;

/**
 * Whether inode numbers carry the number of their layer ({@code xino}), so that they are unique and
 * stable over layers of several file systems. Source: overlayfs.rst, "inode properties".
 */
public enum Xino {
  /** Inode numbers are composed; a mount that cannot is told so in the kernel log only. */
  ON,

  /** Inode numbers are left as the layers have them. The default here. */
  OFF,

  /** Inode numbers are composed where the layers' file systems leave room for it. */
  AUTO;

  /**
   * Returns the word that the kernel has for this.
   *
   * @return the value of the mount option {@code xino}
   */
  public String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
