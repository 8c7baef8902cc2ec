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
 * @param stat what it is, under the numbers of the view
 * @param birth when the inode was made that the view shows: of what is copied up, the copy's, as in
 *     a kernel's view. A layer that cannot tell gives the time of the last change, as the JDK does
 */
record UnionAttributes(EntryStat stat, Optional<Instant> birth) implements PosixFileAttributes {

  /** What two paths of one inode have in common. */
  private record InodeKey(long device, long inode) {
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
    return new InodeKey(stat.device(), stat.inode());
  }

  @Override
  public UserPrincipal owner() {
    return NumericPrincipals.user(stat.owner());
  }

  @Override
  public GroupPrincipal group() {
    return NumericPrincipals.group(stat.group());
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    return FileModes.permissions(stat.mode());
  }
}
