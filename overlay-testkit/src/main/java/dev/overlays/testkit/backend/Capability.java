package dev.overlays.testkit.backend;

/**
 * What one backend can do and another cannot. What a backend has not declared it has to refuse,
 * where a spec asks for it; elsewhere the promise is skipped, and the reason names the capability.
 */
public enum Capability {
  // What a spec may ask for.

  /** Marks in {@code trusted.overlay.*}: specs without {@code userxattr}. */
  TRUSTED_MARKS,

  /** Marks in {@code user.overlay.*}: specs with {@code userxattr}. */
  USER_MARKS,

  /** Views that nobody can write to: specs without an upper, and the attribute {@code ro}. */
  READ_ONLY_VIEW,

  /** Views that are mounted nowhere: specs without a mount point. */
  NO_MOUNT_POINT,

  /** Views whose upper, in a directory, is thrown away or kept afterwards. */
  EPHEMERAL,

  /** The same with an upper in memory. */
  EPHEMERAL_IN_MEMORY,

  /** Other kinds of propagation than {@code private}. */
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

  /** Its layers can have digests of fs-verity, which {@code verity=require} needs. */
  FS_VERITY,

  /** The option {@code volatile}. */
  VOLATILE,

  /** Other values of {@code xino} than {@code off}. */
  XINO,

  /** The values {@code on} and {@code null} of {@code uuid}. */
  UUID,

  /** The value {@code off} of {@code uuid}. */
  UUID_OFF,

  /** The option {@code override_creds}. */
  OVERRIDE_CREDS,

  /** All properties of a mount but {@code ro} and {@code nosymfollow}. */
  MOUNT_ATTRIBUTES,

  /** The property {@code nosymfollow} of a mount. */
  NOSYMFOLLOW,

  // What a view keeps.

  /** Any name that the file system takes: colons in layers too, {@code .wh.}, 255 bytes. */
  ANY_NAME,

  /** POSIX permissions, in layers and view. */
  PERMISSIONS,

  /** Extended attributes of the namespace {@code user}, in layers and view. */
  XATTRS,

  /** Several names of one file that were made in the view. */
  HARD_LINKS,

  /**
   * A file of a lower that gets another name in the view tells at once, by its identity, that both
   * are one file; without this only when the view is mounted anew.
   */
  LINK_IDENTITY,

  /** Named pipes of a lower show as what they are. */
  NODES,

  // What can be done with a view.

  /** It can be made read-only, and writable again. */
  REMOUNT,

  /** Other processes see it. */
  COMMAND,

  // How a view ends.

  /** A view that is in use is not unmounted. */
  BUSY_DETECTION,

  /** The refusal to unmount names who uses the view, and which file. */
  HOLDERS_NAMED,

  /** A view that is in use can be unmounted lazily. */
  LAZY_UNMOUNT
}
