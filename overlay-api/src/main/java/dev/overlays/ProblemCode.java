package dev.overlays;

import java.util.Locale;

/**
 * The kinds of problems. The names are stable: a program may branch on them, and a log may be
 * searched for their {@link #id()}. New codes may be added.
 */
public enum ProblemCode {
  // What OverlaySpec.Builder.build finds without touching a disk.

  /** The spec names no lower. */
  NO_LOWER,

  /** A view without an upper needs two lowers at least. */
  SINGLE_LOWER_WITHOUT_UPPER,

  /** The spec names an upper but no work directory. */
  UPPER_WITHOUT_WORK,

  /** The spec names a work directory but no upper. */
  WORK_WITHOUT_UPPER,

  /** More lowers, data-only ones included, than the kernel's 500. */
  TOO_MANY_LOWERS,

  /** Two options exclude each other, or one needs another. */
  OPTION_CONFLICT,

  /** A private path is empty, absolute, or leaves the root. */
  PRIVATE_PATH_INVALID,

  /** Private paths are asked for, but there is no upper to hide them in. */
  PRIVATE_PATH_WITHOUT_UPPER,

  /** The spec of an ephemeral view, which creates its own upper, names an upper. */
  EPHEMERAL_WITH_UPPER,

  /** The spec of an unattached view names a mount point. */
  UNATTACHED_WITH_MOUNT_POINT,

  // What is found on the disk before mounting.

  /** The same directory is named twice, possibly by different paths. */
  LAYER_REPEATED,

  /** One layer lies inside another. */
  LAYER_NESTED,

  /** The upper lies inside the work directory, or the other way round. */
  UPPER_WORK_NESTED,

  /** A layer does not exist. */
  LAYER_NOT_FOUND,

  /** A layer is on a mount of another mount namespace, and the kernel does not accept it. */
  LAYER_OF_OTHER_NAMESPACE,

  /** A view is mounted over one of its own layers, whose path leads into the view. */
  LAYER_HIDDEN,

  /** The kernel reports a path of a layer that leads nowhere from here. */
  LAYER_PATH_UNKNOWN,

  /** A layer is not a directory. */
  LAYER_NOT_DIRECTORY,

  /** A layer cannot be opened with the rights of this process. */
  LAYER_NOT_ACCESSIBLE,

  /** A merge or a mount is working on a layer; the message names the process. */
  LAYER_LOCKED,

  /** A mounted overlay uses a layer that must not be in use. */
  LAYER_IN_USE,

  /**
   * A lower is on a file system that machines share, and cannot be locked against the other
   * machines.
   */
  LAYER_LOCK_MISSING,

  /**
   * While a lower that machines share was being changed, the file server has given up the lock on
   * it, as it does when the machine loses its network for a while: another machine may use the
   * lower now.
   */
  LAYER_LOCK_LOST,

  /** Upper and work directory are not on the same mount. */
  UPPER_WORK_ON_DIFFERENT_MOUNTS,

  /** The upper is on a file system of a kind that cannot be an upper. */
  UPPER_FILE_SYSTEM_UNSUPPORTED,

  /** A lower is on a file system of a kind that the kernel does not accept. */
  LOWER_FILE_SYSTEM_UNSUPPORTED,

  /** The upper's file system does not report types in listings. */
  UPPER_LACKS_D_TYPE,

  /** The upper's file system does not keep the extended attributes that marks need. */
  UPPER_LACKS_XATTR,

  /** The upper's file system cannot rename with a whiteout left behind. */
  UPPER_LACKS_WHITEOUT,

  /** The upper or the work directory is on a read-only mount. */
  UPPER_READ_ONLY,

  /** This process may not write to the upper or the work directory. */
  UPPER_NOT_WRITABLE,

  /** The upper is the root of a btrfs subvolume. */
  UPPER_IS_SUBVOLUME_ROOT,

  /** A mounted overlay, possibly in another mount namespace, uses the upper. */
  UPPER_IN_USE,

  /** A mounted overlay, possibly in another mount namespace, uses the work directory. */
  WORK_IN_USE,

  /** The upper was indexed over another lower, or that lower has moved. */
  UPPER_OF_OTHER_LOWER,

  /** A volatile mount wrote to this upper, which a crash since then may have damaged. */
  VOLATILE_LEFTOVER,

  /** The layers are overlays of overlays already. */
  STACKING_TOO_DEEP,

  /** This kernel takes layers only by path, and the paths together are too long for it. */
  LAYERS_TOO_LONG,

  /** This kernel, or this backend, does not support an option of the spec. */
  OPTION_UNSUPPORTED,

  /** The mount succeeded, but without an option of the spec; it was undone. */
  OPTION_NOT_IN_FORCE,

  /** What a lower shows at a private path cannot be determined. */
  PRIVATE_PATH_UNRESOLVABLE,

  /** The spec names no mount point, and the backend needs one. */
  MOUNT_POINT_NOT_GIVEN,

  /** There is no directory in which to mount a view without a mount point. */
  RUNTIME_DIRECTORY_MISSING,

  /** The mount point does not exist. */
  MOUNT_POINT_NOT_FOUND,

  /** The mount point is not a directory. */
  MOUNT_POINT_NOT_DIRECTORY,

  /** The mount point cannot be opened with the rights of this process. */
  MOUNT_POINT_NOT_ACCESSIBLE,

  /** The mount point holds files that the view would hide. */
  MOUNT_POINT_NOT_EMPTY,

  /** Something is already mounted at the mount point. */
  MOUNT_POINT_IN_USE,

  /** The parent of an instance's directory does not exist. */
  INSTANCE_DIRECTORY_NOT_FOUND,

  /** A directory of an instance could not be created. */
  DIRECTORY_NOT_CREATED,

  /** The owners of a lower cannot be mapped: not on its file system, or not with these rights. */
  LOWER_NOT_IDMAPPABLE,

  /** The upper and work directory of an ephemeral view could not be made. */
  EPHEMERAL_UPPER_NOT_CREATED,

  /** The kernel refused the mount for a reason that no other code covers. */
  KERNEL_REFUSED,

  // What is in the way of a backend.

  /** No backend is on the class path or the module path. */
  NO_BACKEND,

  /** The backend asked for by name does not exist. */
  BACKEND_UNKNOWN,

  /** A backend's class could not be loaded, or failed in an unforeseen way. */
  BACKEND_BROKEN,

  /** The backend does not work on this operating system or processor. */
  PLATFORM_UNSUPPORTED,

  /** The native part of a library could not be loaded. */
  NATIVE_ACCESS_UNAVAILABLE,

  /** The running kernel has no overlay file system. */
  OVERLAYFS_MISSING,

  /** The process lacks a right that mounting needs. */
  PRIVILEGE_MISSING,

  /** This system does not allow ordinary users to create user namespaces. */
  USER_NAMESPACES_FORBIDDEN,

  /** A program that the backend runs is not installed. */
  PROGRAM_MISSING,

  /** A device that the backend needs does not exist, or this user may not open it. */
  DEVICE_NOT_ACCESSIBLE,

  /** The process that holds the view, or was to mount it, has ended or failed. */
  HOLDER_FAILED,

  /** Inside a user namespace only marks in user.overlay.* work. */
  USERXATTR_REQUIRED,

  /** A path belongs to a file system provider that the backend or store does not serve. */
  PATH_PROVIDER_UNSUPPORTED,

  // What is in the way of unmounting.

  /** The view is in use. */
  MOUNT_BUSY,

  /** One process that uses the view, or one mount on top of it. */
  MOUNT_HELD,

  /** Another mount lies on top of the view at the same mount point. */
  MOUNT_COVERED,

  /** The kernel refused to unmount for a reason that no other code covers. */
  UNMOUNT_REFUSED,

  // What is in the way of changing a mounted view.

  /** The view cannot be made read-only or writable, or this backend cannot do that. */
  REMOUNT_REFUSED,

  /** The view is not ephemeral, so there is nothing to keep. */
  NOT_EPHEMERAL,

  /** The upper of an ephemeral view could not be kept at the requested place. */
  NOT_KEPT,

  // What is in the way of a shared cache.

  /** A file or directory of the cache itself could not be read or written. */
  CACHE_NOT_ACCESSIBLE,

  /** An instance is mounted, but not over the lowers of the cache, or with other marks. */
  CACHE_VIEW_DIFFERS,

  /** An instance was mounted, and is unmounted again because its boot entry was not written. */
  CACHE_VIEW_UNMOUNTED,

  /**
   * Not an error: files that somebody wrote into the mount point of an instance while it was not
   * mounted are kept in a directory beside it.
   */
  CACHE_FILES_ASIDE,

  /** The lower cannot be replaced, because an instance has written what only its upper holds. */
  CACHE_UPPER_NOT_EMPTY,

  /** The lower cannot be replaced, because it holds what no image holds. */
  CACHE_LOWER_UNPUBLISHED,

  /** An image cannot be published, because its name has another image than this cache knows. */
  CACHE_IMAGE_FOREIGN,

  /**
   * Not an error: a lower that was replaced is kept until the next time, and while it is in use.
   */
  CACHE_LOWER_KEPT,

  // What is in the way of boot entries.

  /**
   * A boot entry cannot stand for the spec: what is written is thrown away, only a process sees the
   * view, owners are mapped, or a path is not absolute and normal.
   */
  BOOT_SPEC_UNSUPPORTED,

  /** Some program that reads boot entries would misread a path. */
  BOOT_NAME_MISREAD,

  /** Some program that reads boot entries does not accept an entry or option of this length. */
  BOOT_ENTRY_TOO_LONG,

  /** A boot entry is not an overlay's, or asks for something that no spec can express. */
  BOOT_ENTRY_UNREADABLE,

  /** The mount point has boot entries that this library must not replace. */
  BOOT_ENTRY_FOREIGN,

  /** Somebody has changed the file since it was read, or is changing it. */
  BOOT_FILE_CHANGED,

  /** The file could not be read or written; it is unchanged. */
  BOOT_FILE_FAILED,

  /**
   * The entry failed when it was mounted as a trial, or the mount had other layers than intended.
   */
  BOOT_TRIAL_FAILED,

  /** The entry could not be mounted as a trial. */
  BOOT_TRIAL_NOT_MADE,

  /** At boot the view would show what a lower holds at a private path. */
  BOOT_PRIVATE_PATH_SHOWN,

  // What is in the way of a merge.

  /** No layer store serves a path. */
  LAYER_STORE_MISSING,

  /** There is nothing to merge: the spec has no upper. */
  MERGE_WITHOUT_UPPER,

  /** The lower cannot be written to. */
  MERGE_LOWER_READ_ONLY,

  /** The upper cannot be written to. */
  MERGE_UPPER_READ_ONLY,

  /** The lower is on another file system, which has too little space left for copies. */
  MERGE_NO_SPACE,

  /**
   * The lower is on another file system, which cannot store something of an entry: a time that is
   * too fine or too late, a file that is too long, an extended attribute that is too large.
   */
  MERGE_LOWER_CANNOT_KEEP,

  /**
   * Instances have changed the same entry in different ways, and the policy is to refuse conflicts.
   */
  MERGE_CONFLICT,

  /** The caller has cancelled the merge, export or import; the view is unchanged. */
  MERGE_CANCELLED,

  /** The upper holds an unknown mark. */
  MERGE_UNKNOWN_MARK,

  /**
   * An entry has an owner, or an ID in its ACL or capabilities, that the ID mapping of the target
   * layer lacks.
   */
  MERGE_OWNER_UNMAPPED,

  /** A file system operation failed during the merge; the view is unchanged. */
  MERGE_STOPPED,

  // What is wrong with layers.

  /** The view shows one directory of the lower at two places. */
  REDIRECT_REPEATED,

  /** A renamed directory leads to nothing in the layers below. */
  REDIRECT_DANGLING,

  /** A file carries metadata only, and no layer below has its data. */
  METACOPY_DATA_MISSING,

  /** A whiteout hides nothing. */
  WHITEOUT_ORPHAN,

  /**
   * A whiteout that is a file with a mark is in a directory where the kernel does not recognize
   * this form: the name cannot be looked up, but listings have it.
   */
  WHITEOUT_LISTED,

  /** A mark has no meaning on its entry. */
  MARK_STRAY,

  /** The kernel refuses the value of a mark, and does not show the entry. */
  MARK_REFUSED,

  /**
   * A layer was written with options that the spec lacks, or with marks in the other namespace, so
   * that a view with this spec does not show its content.
   */
  LAYER_OF_OTHER_OPTIONS,

  /** A layer is in the form of fuse-overlayfs, which the kernel does not understand. */
  LAYER_OF_FUSE_OVERLAYFS,

  /** An interrupted merge has left something that no view shows. */
  STAGING_LEFTOVER,

  // What is in the way of layers that travel as archives.

  /** A library that reads and writes archives is not on the class path or module path. */
  ARCHIVE_LIBRARY_MISSING,

  /** An entry of a layer cannot be represented in an archive. */
  ARCHIVE_FORM_MISSING,

  /** A layer changed while it was written to an archive. */
  ARCHIVE_LAYER_CHANGED,

  /** A layer could not be read, or its archive not be written. */
  ARCHIVE_NOT_WRITTEN,

  /** The file is not an archive, is damaged, ends too early, or continues after its end. */
  ARCHIVE_BROKEN,

  /** An archive does not have the expected digest. */
  ARCHIVE_DIGEST_WRONG,

  /** An entry of an archive would lead out of its tree, or contradicts another one. */
  ARCHIVE_ENTRY_UNSAFE,

  /** An entry of an archive is of a kind or form that is not supported. */
  ARCHIVE_ENTRY_UNSUPPORTED,

  /**
   * An entry of an archive gives rights that the caller must allow explicitly: a device, for
   * example.
   */
  ARCHIVE_ENTRY_PRIVILEGED,

  /** An archive exceeds a limit. */
  ARCHIVE_TOO_LARGE,

  /** Something already exists where an archive is to be unpacked. */
  ARCHIVE_TARGET_EXISTS,

  /** The content of an archive could not be written; nothing of it is left. */
  ARCHIVE_NOT_UNPACKED,

  // What is in the way of images, in a layout on the disk or in a registry.

  /** The layout or the registry has no image of this name or digest. */
  IMAGE_NOT_FOUND,

  /** A document of an image is no JSON, lacks a field, or contradicts another one. */
  IMAGE_BROKEN,

  /** A blob that an image names is missing. */
  IMAGE_BLOB_MISSING,

  /** A blob has another digest or another size than the image says. */
  IMAGE_BLOB_WRONG,

  /**
   * An image, or a part of one, is of a kind that is not supported: a list of images, for example.
   */
  IMAGE_UNSUPPORTED,

  /** An image exceeds a limit. */
  IMAGE_TOO_LARGE,

  /** A layout could not be read or written; it is as it was. */
  IMAGE_LAYOUT_FAILED,

  /** A registry could not be reached, or the connection broke. */
  REGISTRY_NOT_REACHED,

  /** A registry wants other credentials, or a file or program that holds credentials failed. */
  REGISTRY_DENIED,

  /** A registry gave an answer that the protocol does not allow, or refused for another reason. */
  REGISTRY_REFUSED;

  /**
   * Returns the code as it is printed.
   *
   * @return the name in lower case with hyphens, for example {@code upper-in-use}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
