package dev.overlays;

import java.util.Locale;

/**
 * Which UUID the mounted file system has ({@code uuid}). Source: overlayfs.rst, "UUID and fsid".
 */
public enum UuidMode {
  /** The kernel's own default; also the default here. */
  AUTO,

  /** A UUID of its own, kept in the upper; a view without an upper cannot have it. */
  ON,

  /** No UUID; layers' own UUIDs are not verified either, so a copied disk image may be a lower. */
  OFF,

  /** No UUID; the fsid is that of the upper, as in kernels before 6.6. */
  NULL;

  /**
   * Returns the kernel's word for this.
   *
   * @return the value of the mount option {@code uuid}
   */
  public String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
