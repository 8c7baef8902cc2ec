package dev.overlays.testkit.backend;

/**
 * An optional ability of a backend. If a spec asks for an ability that the backend has not
 * declared, the backend must refuse the spec. Other promises about an undeclared ability are
 * skipped, and the reason names the capability.
 */
public enum Capability {
  // What a spec may ask for.

  /** Marks in {@code trusted.overlay.*}: specs without {@code userxattr}. */
  TRUSTED_MARKS,

  /** Marks in {@code user.overlay.*}: specs with {@code userxattr}. */
  USER_MARKS,

  /** Read-only views: specs without an upper, and the attribute {@code ro}. */
  READ_ONLY_VIEW,

  /** Specs without a mount point. */
  NO_MOUNT_POINT,

  /** Views whose upper, in a directory, is discarded or kept when they are closed. */
  EPHEMERAL,

  /** Views whose upper, in memory, is discarded or kept when they are closed. */
  EPHEMERAL_IN_MEMORY,

  /** Kinds of propagation other than {@code private}. */
  PROPAGATION,

  /** Lowers whose files have other owners in the view. */
  ID_MAPPED_LOWERS,

  /** Private paths. */
  PRIVATE_PATHS,

  /** The option {@code index}. */
  INDEX,

  /** The option {@code nfs_export}. */
  NFS_EXPORT,

  /** The option {@code redirect_dir=on}: a directory of a lower can be renamed. */
  REDIRECT_DIR,

  /** The option {@code metacopy}: a change of metadata copies up metadata only. */
  METACOPY,

  /** Data-only lowers. */
  DATA_LOWERS,

  /** The option {@code verity}. */
  VERITY,

  /** Layers with fs-verity digests, which {@code verity=require} needs. */
  FS_VERITY,

  /** The option {@code volatile}. */
  VOLATILE,

  /** Values of {@code xino} other than {@code off}. */
  XINO,

  /** The values {@code on} and {@code null} of {@code uuid}. */
  UUID,

  /** The value {@code off} of {@code uuid}. */
  UUID_OFF,

  /** The option {@code override_creds}. */
  OVERRIDE_CREDS,

  /** All mount attributes but {@code ro} and {@code nosymfollow}. */
  MOUNT_ATTRIBUTES,

  /** The mount attribute {@code nosymfollow}. */
  NOSYMFOLLOW,

  // What a view keeps.

  /**
   * All names that the file system accepts: with colons, even in layers, with {@code .wh.}, and of
   * 255 bytes.
   */
  ANY_NAME,

  /** POSIX permissions, in layers and views. */
  PERMISSIONS,

  /** Extended attributes of the namespace {@code user}, in layers and views. */
  XATTRS,

  /** Hard links that are made in the view. */
  HARD_LINKS,

  /**
   * If a lower's file gets a hard link in the view, both names have the same identity at once;
   * without this capability, only after the view is mounted again.
   */
  LINK_IDENTITY,

  /** Named pipes of a lower appear as named pipes. */
  NODES,

  // What can be done with a view.

  /** A view can be made read-only, and writable again. */
  REMOUNT,

  /** Other processes see a view. */
  COMMAND,

  // How a view ends.

  /** A view that is in use is not unmounted. */
  BUSY_DETECTION,

  /** The refusal to unmount names the processes that use the view, and their files. */
  HOLDERS_NAMED,

  /** A view that is in use can be unmounted lazily. */
  LAZY_UNMOUNT
}
