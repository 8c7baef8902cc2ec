package dev.overlays.layer;

import java.time.Instant;

/**
 * What is known of an entry itself, never of what a symbolic link leads to.
 *
 * @param type its kind, never {@link EntryType#UNKNOWN}
 * @param mode the twelve permission bits, set-user-ID, set-group-ID and sticky included
 * @param owner the user ID
 * @param group the group ID
 * @param size the size in bytes, as the entry states it
 * @param allocated the bytes that it takes up on the disk; 0 where that is not known
 * @param links the number of names that the inode has
 * @param device which file system it is on; equal for two entries exactly if they are on the same
 * @param inode which inode of it
 * @param deviceMajor of a device node, the major number; 0 otherwise
 * @param deviceMinor of a device node, the minor number; 0 otherwise
 * @param accessed when it was last read, to the nanosecond
 * @param modified when its content was last changed, to the nanosecond
 * @param immutable whether it has the attribute {@code i} of chattr(1): nothing of it can be
 *     changed
 * @param appendOnly whether it has the attribute {@code a} of chattr(1): it can only be added to
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
   * Returns the same with another time of the last change.
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
   * Returns the same with another owner.
   *
   * @param newOwner the user ID
   * @param newGroup the group ID
   * @return a copy
   */
  public EntryStat withOwner(int newOwner, int newGroup) {
    return with(mode, newOwner, newGroup);
  }

  /**
   * Returns the same with other permission bits.
   *
   * @param newMode the twelve bits
   * @return a copy
   */
  public EntryStat withMode(int newMode) {
    return with(newMode, owner, group);
  }

  private EntryStat with(int newMode, int newOwner, int newGroup) {
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
