package dev.overlays.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Abilities that tests need and older kernels lack; a test that assumes one is skipped there with
 * the reason. The library itself asks the kernel, because kernels backport; tests go by version, to
 * fail where an ability must work.
 */
public enum KernelAbility {
  /** Overlays that are mounted in a user namespace. */
  USER_NAMESPACE_MOUNTS("overlays in user namespaces", 5, 11),
  /** The option {@code userxattr}. */
  USER_MARKS("option userxattr", 5, 11),
  /** The option {@code uuid=off}. */
  UUID_OFF("option uuid=off", 5, 11),
  /** Layers that are ID-mapped mounts. */
  ID_MAPPED_LOWERS("ID-mapped layers of overlays", 6, 5),
  /** Data-only lowers, and options that the overlay itself parses, one by one. */
  DATA_LOWERS("data-only lowers", 6, 5),
  /** The flags of chattr(1) on tmpfs. */
  FLAGS_IN_MEMORY("flags of chattr on tmpfs", 6, 0),
  /** All lowers in one string of a mount context. */
  LAYERS_IN_A_LIST("layers in a mount context", 6, 5),
  /** The options {@code uuid=on} and {@code uuid=null}. */
  UUID_MODES("options uuid=on and uuid=null", 6, 6),
  /** The option {@code verity}. */
  VERITY("option verity", 6, 6),
  /** Attributes of the namespace {@code user} on tmpfs. */
  ATTRIBUTES_IN_MEMORY("user.* attributes on tmpfs", 6, 6),
  /** The option {@code lowerdir+}. */
  LAYERS_BY_NAME("layers by name in a mount context", 6, 7),
  /** File handles of what views show, without the option nfs_export. */
  HANDLES_OF_VIEWS("file handles of views", 6, 6),
  /** Mount IDs that are never given again. */
  UNIQUE_MOUNT_IDS("mount IDs that are never given again", 6, 8),
  /** Layers by descriptor. */
  LAYERS_BY_DESCRIPTOR("layers by descriptor in a mount context", 6, 13),
  /** A mount onto a tree that is attached nowhere. */
  DETACHED_TREES("mounts onto trees that are attached nowhere", 6, 15),
  /** The option {@code override_creds}. */
  OVERRIDE_CREDS("option override_creds", 6, 15);

  private final String words;
  private final int major;
  private final int minor;

  KernelAbility(String words, int major, int minor) {
    this.words = words;
    this.major = major;
    this.minor = minor;
  }

  /** Whether this kernel is new enough. */
  public boolean isPresent() {
    String[] numbers = System.getProperty("os.version").split("[^0-9]+", 3);
    int actual = Integer.parseInt(numbers[0]);
    return actual > major || (actual == major && Integer.parseInt(numbers[1]) >= minor);
  }

  /** Skips the test on an older kernel. */
  public void assumePresent() {
    assumeTrue(
        isPresent(), "this kernel has no " + words + ": Linux " + major + "." + minor + " has");
  }
}
