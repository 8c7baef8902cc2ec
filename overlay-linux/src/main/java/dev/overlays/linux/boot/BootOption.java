package dev.overlays.linux.boot;

import java.util.Set;

/** How an entry is treated when the machine starts. Source: systemd.mount(5), fstab(5). */
public enum BootOption {
  /**
   * The machine starts even if the view cannot be mounted, and nothing waits for it. Without this
   * option a missing disk leads to the emergency shell.
   */
  NOFAIL("nofail"),

  /** The view is not mounted at the start, only on request. */
  NOAUTO("noauto"),

  /** Systemd mounts the view when its mount point is first accessed. */
  AUTOMOUNT("x-systemd.automount"),

  /** A layer is on the network, so the view is mounted when the network is up. */
  NETDEV("_netdev");

  /** The options of an entry by default: a missing disk never stops the start. */
  static final Set<BootOption> DEFAULTS = Set.of(NOFAIL);

  private final String word;

  BootOption(String word) {
    this.word = word;
  }

  /**
   * Returns the word that fstab has for it.
   *
   * @return the option of mount(8)
   */
  public String optionWord() {
    return word;
  }
}
