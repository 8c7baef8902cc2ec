package dev.overlays;

/**
 * The options of an overlay mount, each typed. Immutable; the {@code with} methods return a changed
 * copy.
 *
 * <p>The defaults are passed to the kernel explicitly: {@code index=off}, {@code nfs_export=off},
 * {@code metacopy=off}, {@code redirect_dir=nofollow}, {@code xino=off}. The kernel's own defaults
 * are build settings and module parameters that differ between distributions, so the same spec
 * would otherwise write different things into the upper on different machines. With these defaults
 * an upper contains only whole files and plain directories: anyone can read, copy, move and merge
 * it, and its marks mean the same everywhere.
 *
 * <p>Without an upper nothing is written, so {@code index}, {@code volatile} and the writing of
 * redirects have no effect, and the kernel accepts them. Options that would be lost without an
 * upper are refused: {@code uuid=on}, and {@code nfs_export=on} together with redirects.
 *
 * @param index whether hard links survive a copy-up, and whether the kernel refuses an upper or
 *     work directory that is in use ({@code index}). This binds the upper to its lower: any other
 *     lower is refused
 * @param nfsExport whether the view can be exported by NFS ({@code nfs_export}); needs {@code
 *     index}, or, where there is no upper, {@code redirect_dir=nofollow}
 * @param redirectDir how renamed directories are handled ({@code redirect_dir})
 * @param metacopy whether a change of owner, mode or times copies up the metadata only ({@code
 *     metacopy}); needs {@code redirect_dir=on}, or {@code follow} where there is no upper
 * @param xino whether inode numbers are made unique over the layers ({@code xino})
 * @param uuid which UUID the mounted file system has ({@code uuid})
 * @param verity whether digests of metacopy files are checked ({@code verity}); before Linux 6.16
 *     needs {@code metacopy}
 * @param userXattr whether marks are kept in {@code user.overlay.*} instead of {@code
 *     trusted.overlay.*} (the option "userxattr"), as a mount without root's rights needs
 * @param volatileUpper whether the upper is never synced ({@code volatile}): this is faster, but
 *     the upper is lost when the machine crashes. Linux 5.10 and later
 * @param overrideCreds whether the layers are accessed with the rights of the thread that sets the
 *     option rather than of the one that creates the mount ({@code override_creds}). Linux 6.15 and
 *     later
 */
public record OverlayOptions(
    boolean index,
    boolean nfsExport,
    RedirectDir redirectDir,
    boolean metacopy,
    Xino xino,
    UuidMode uuid,
    Verity verity,
    boolean userXattr,
    boolean volatileUpper,
    boolean overrideCreds) {

  private static final OverlayOptions DEFAULTS =
      new OverlayOptions(
          false,
          false,
          RedirectDir.NOFOLLOW,
          false,
          Xino.OFF,
          UuidMode.AUTO,
          Verity.OFF,
          false,
          false,
          false);

  /**
   * Returns the default options.
   *
   * @return options with everything switched off and redirects not followed
   */
  public static OverlayOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns a copy with another {@code index}.
   *
   * @param on the new value
   * @return the copy
   */
  public OverlayOptions withIndex(boolean on) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.index = on;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code nfs_export}.
   *
   * @param on the new value
   * @return the copy
   */
  public OverlayOptions withNfsExport(boolean on) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.nfsExport = on;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code redirect_dir}.
   *
   * @param mode the new value
   * @return the copy
   */
  public OverlayOptions withRedirectDir(RedirectDir mode) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.redirectDir = mode;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code metacopy}.
   *
   * @param on the new value
   * @return the copy
   */
  public OverlayOptions withMetacopy(boolean on) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.metacopy = on;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code xino}.
   *
   * @param mode the new value
   * @return the copy
   */
  public OverlayOptions withXino(Xino mode) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.xino = mode;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code uuid}.
   *
   * @param mode the new value
   * @return the copy
   */
  public OverlayOptions withUuid(UuidMode mode) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.uuid = mode;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code verity}.
   *
   * @param mode the new value
   * @return the copy
   */
  public OverlayOptions withVerity(Verity mode) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.verity = mode;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code userxattr}.
   *
   * @param on the new value
   * @return the copy
   */
  public OverlayOptions withUserXattr(boolean on) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.userXattr = on;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code volatile}.
   *
   * @param on the new value
   * @return the copy
   */
  public OverlayOptions withVolatileUpper(boolean on) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.volatileUpper = on;
    return draft.toOptions();
  }

  /**
   * Returns a copy with another {@code override_creds}.
   *
   * @param on the new value
   * @return the copy
   */
  public OverlayOptions withOverrideCreds(boolean on) {
    OptionsDraft draft = new OptionsDraft(this);
    draft.overrideCreds = on;
    return draft.toOptions();
  }
}
