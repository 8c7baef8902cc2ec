package dev.overlays;

import java.util.Locale;

/**
 * How an overlay handles renamed directories ({@code redirect_dir}). Source: the kernel's
 * Documentation/filesystems/overlayfs.rst, "renaming directories".
 */
public enum RedirectDir {
  /**
   * Renaming a directory of a lower writes a redirect into the upper; existing ones are followed.
   */
  ON,

  /**
   * No redirect is written; existing ones are followed only if the kernel was built or configured
   * to always follow them.
   */
  OFF,

  /** No redirect is written, existing ones are followed. */
  FOLLOW,

  /**
   * No redirect is written, existing ones are not followed: such a directory cannot be opened. The
   * default, because a redirect in an untrusted layer shows directories that nobody meant to show.
   */
  NOFOLLOW;

  /**
   * Returns the kernel's word for this.
   *
   * @return the value of the mount option {@code redirect_dir}
   */
  public String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
