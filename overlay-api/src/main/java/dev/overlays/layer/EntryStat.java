package dev.overlays.layer;

import java.time.Instant;

/**
 * The attributes of an entry; for a symbolic link those of the link, never those of its target.
 *
 * @param type its kind, never {@link EntryType#UNKNOWN}
 * @param mode the twelve permission bits, set-user-ID, set-group-ID and sticky included
 * @param owner the user ID
 * @param group the group ID
 * @param size the nominal size in bytes
 * @param allocated the bytes allocated on the disk; 0 if unknown
 * @param links the number of names that the inode has
 * @param device the number of its file system; equal for two entries exactly if they are on the
 *     same one
 * @param inode the number of its inode in that file system
 * @param deviceMajor the major number of a device node; otherwise 0
 * @param deviceMinor the minor number of a device node; otherwise 0
 * @param accessed when it was last read, to the nanosecond
 * @param modified when its content was last changed, to the nanosecond
 * @param immutable whether it has the attribute {@code i} of chattr(1): nothing about it can be
 *     changed
 * @param appendOnly whether it has the attribute {@code a} of chattr(1): data can only be appended
 */
public record EntryStat(
    EntryType type,
    int mode,
    int owner,
    int group,
    long size,
    long allocated,
    long links,
    long device,
    long inode,
    int deviceMajor,
    int deviceMinor,
    Instant accessed,
    Instant modified,
    boolean immutable,
    boolean appendOnly) {

  /**
   * Tells whether it is a directory.
   *
   * @return whether it is
   */
  public boolean isDirectory() {
    return type == EntryType.DIRECTORY;
  }

  /**
   * Tells whether it is a whiteout in the form of a device: a character device 0:0. Source: the
   * kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".
   *
   * @return whether it is
   */
  public boolean isWhiteoutDevice() {
    return type == EntryType.CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
  }

  /**
   * Tells whether this and another are the same inode.
   *
   * @param other another entry
   * @return whether they are
   */
  public boolean sameInode(EntryStat other) {
    return device == other.device && inode == other.inode;
  }

  /**
   * Returns a copy with another modification time.
   *
   * @param time when the content was last changed
   * @return a copy
   */
  public EntryStat withModified(Instant time) {
    return new EntryStat(
        type,
        mode,
        owner,
        group,
        size,
        allocated,
        links,
        device,
        inode,
        deviceMajor,
        deviceMinor,
        accessed,
        time,
        immutable,
        appendOnly);
  }

  /**
   * Returns a copy with another owner.
   *
   * @param newOwner the user ID
   * @param newGroup the group ID
   * @return a copy
   */
  public EntryStat withOwner(int newOwner, int newGroup) {
    return withModeAndOwner(mode, newOwner, newGroup);
  }

  /**
   * Returns a copy with other permission bits.
   *
   * @param newMode the twelve bits
   * @return a copy
   */
  public EntryStat withMode(int newMode) {
    return withModeAndOwner(newMode, owner, group);
  }

  private EntryStat withModeAndOwner(int newMode, int newOwner, int newGroup) {
    return new EntryStat(
        type,
        newMode,
        newOwner,
        newGroup,
        size,
        allocated,
        links,
        device,
        inode,
        deviceMajor,
        deviceMinor,
        accessed,
        modified,
        immutable,
        appendOnly);
  }
}
