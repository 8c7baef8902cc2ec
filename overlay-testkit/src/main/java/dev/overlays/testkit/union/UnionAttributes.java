package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The attributes of an entry.
 *
 * @param stat its attributes, with the numbers of the view
 * @param birth the creation time of the inode that the view shows: for a copied-up entry that of
 *     the copy, as in a kernel's view. Empty if the layer does not have it; then the modification
 *     time is shown, as the JDK does
 */
record UnionAttributes(EntryStat stat, Optional<Instant> birth) implements PosixFileAttributes {

  /** Identifies an inode of the view. */
  private record FileKey(long device, long inode) {
    @Override
    public String toString() {
      return "(dev=" + Long.toHexString(device) + ",ino=" + inode + ")";
    }
  }

  @Override
  public FileTime lastModifiedTime() {
    return FileTime.from(stat.modified());
  }

  @Override
  public FileTime lastAccessTime() {
    return FileTime.from(stat.accessed());
  }

  @Override
  public FileTime creationTime() {
    return FileTime.from(birth.orElse(stat.modified()));
  }

  @Override
  public boolean isRegularFile() {
    return stat.type() == EntryType.FILE;
  }

  @Override
  public boolean isDirectory() {
    return stat.isDirectory();
  }

  @Override
  public boolean isSymbolicLink() {
    return stat.type() == EntryType.SYMLINK;
  }

  @Override
  public boolean isOther() {
    return !isRegularFile() && !isDirectory() && !isSymbolicLink();
  }

  @Override
  public long size() {
    return stat.size();
  }

  @Override
  public Object fileKey() {
    return new FileKey(stat.device(), stat.inode());
  }

  @Override
  public UserPrincipal owner() {
    return NumericPrincipals.userOf(stat.owner());
  }

  @Override
  public GroupPrincipal group() {
    return NumericPrincipals.groupOf(stat.group());
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    return FileModes.toPermissions(stat.mode());
  }
}
