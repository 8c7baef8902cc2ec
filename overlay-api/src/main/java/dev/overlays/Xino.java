package dev.overlays;

import java.util.Locale;

/**
 * Whether inode numbers carry the number of their layer ({@code xino}), so that they are unique and
 * stable over layers of several file systems. Source: overlayfs.rst, "inode properties".
 */
public enum Xino {
  /** Inode numbers are composed; if that is impossible, only the kernel log says so. */
  ON,

  /** Inode numbers are those of the layers. The default here. */
  OFF,

  /** Inode numbers are composed if the file systems of the layers leave enough bits free. */
  AUTO;

  /**
   * Returns the kernel's word for this.
   *
   * @return the value of the mount option {@code xino}
   */
  public String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
