package dev.overlays.linux.boot;

import java.util.Set;

/** How an entry is treated when the machine starts. Source: systemd.mount(5), fstab(5). */
public enum BootOption {
  /**
   * A view that cannot be mounted does not stop the machine from starting, and nothing waits for
   * it. Without it a missing disk leads to the emergency shell.
   */
  NOFAIL("nofail"),

  /** The view is not mounted by itself, but when somebody asks for it. */
  NOAUTO("noauto"),

  /** The view is mounted by systemd when its mount point is first looked into. */
  AUTOMOUNT("x-systemd.automount"),

  /** A layer is on the network: the view is mounted when that is up. */
  NETDEV("_netdev");

  /** What an entry has when nothing else is said: a missing disk never stops the start. */
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
