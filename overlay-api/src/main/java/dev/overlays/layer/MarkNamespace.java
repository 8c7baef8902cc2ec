package dev.overlays.layer;

import dev.overlays.OverlayOptions;

/** Where the marks of a layer are kept. One mount honours only one of the two. */
public enum MarkNamespace {
  /** {@code trusted.overlay.*}, which needs root's rights to be read or written. */
  TRUSTED("trusted.overlay."),

  /** {@code user.overlay.*}, honoured by mounts made with {@code userxattr}. */
  USER("user.overlay.");

  private final String prefix;

  MarkNamespace(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Returns where a mount by some options keeps marks.
   *
   * @param options the options
   * @return {@link #USER} with {@code userxattr}, else {@link #TRUSTED}
   */
  public static MarkNamespace of(OverlayOptions options) {
    return options.userXattr() ? USER : TRUSTED;
  }

  /**
   * Returns what the names of all marks here begin with.
   *
   * @return the prefix, with the final dot
   */
  public String prefix() {
    return prefix;
  }

  /**
   * Tells whether an extended attribute belongs to the layer rather than to the file. A mark of a
   * nested overlay, which is escaped by one more {@code overlay.}, belongs to the file: it is what
   * the view shows, with one {@code overlay.} stripped.
   *
   * @param xattr the full name of an extended attribute
   * @return whether a view hides it
   */
  public boolean isMark(String xattr) {
    return xattr.startsWith(prefix) && !xattr.startsWith("overlay.", prefix.length());
  }
}
