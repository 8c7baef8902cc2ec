package dev.overlays;

import java.util.Locale;

/**
 * Whether the fs-verity digest that a metacopy file carries is checked against its data ({@code
 * verity}). Source: overlayfs.rst, "fs-verity support".
 */
public enum Verity {
  /** Digests are neither checked nor written. The default. */
  OFF,

  /** A digest that is there is checked, and written at copy-up where the lower has one. */
  ON,

  /** Every metacopy file must have a digest; one without cannot be opened. */
  REQUIRE;

  /**
   * Returns the word that the kernel has for this.
   *
   * @return the value of the mount option {@code verity}
   */
  public String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
