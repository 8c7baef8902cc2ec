package dev.overlays;

import java.util.Locale;

/**
 * Whether the fs-verity digest that a metacopy file carries is checked against its data ({@code
 * verity}). Source: overlayfs.rst, "fs-verity support".
 */
public enum Verity {
  /** Digests are neither checked nor written. The default. */
  OFF,

  /** An existing digest is checked; at copy-up a digest is written if the lower has one. */
  ON,

  /** Every metacopy file must have a digest; a file without one cannot be opened. */
  REQUIRE;

  /**
   * Returns the kernel's word for this.
   *
   * @return the value of the mount option {@code verity}
   */
  public String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
