package dev.overlays.testkit.inode;

import com.google.common.jimfs.File;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * The inode of an entry of jimfs. It is no copy: each method returns what the inode has now, also
 * after the entry was moved or removed.
 */
public final class Inode implements BasicFileAttributes {
  private static final String USER_VIEW = "user";

  private final File file;

  Inode(File file) {
    this.file = file;
  }

  /**
   * Returns its number.
   *
   * @return a number that no other inode of the file system has
   */
  public int number() {
    return file.id();
  }

  /**
   * Returns the number of its names.
   *
   * @return the link count
   */
  public int links() {
    return file.links();
  }

  /**
   * Returns its permissions.
   *
   * @return the lower nine bits of the mode
   */
  @SuppressWarnings("unchecked") // jimfs stores nothing else under this name.
  public int permissions() {
    return PermissionBits.toBits(
        (Set<PosixFilePermission>) file.getAttribute("posix", "permissions"));
  }

  /**
   * Returns the names of its user-defined attributes.
   *
   * @return the names, without {@code user.}
   */
  public Set<String> userAttributeNames() {
    return file.getAttributeNames(USER_VIEW);
  }

  /**
   * Returns the value of a user-defined attribute.
   *
   * @param name the name, without {@code user.}
   * @return the value that is stored, which the caller must not change; empty if there is no such
   *     attribute
   */
  public Optional<byte[]> userAttribute(String name) {
    return Optional.ofNullable((byte[]) file.getAttribute(USER_VIEW, name));
  }

  @Override
  public FileTime lastModifiedTime() {
    return file.getLastModifiedTime();
  }

  @Override
  public FileTime lastAccessTime() {
    return file.getLastAccessTime();
  }

  @Override
  public FileTime creationTime() {
    return file.getCreationTime();
  }

  @Override
  public boolean isRegularFile() {
    return file.isRegularFile();
  }

  @Override
  public boolean isDirectory() {
    return file.isDirectory();
  }

  @Override
  public boolean isSymbolicLink() {
    return file.isSymbolicLink();
  }

  @Override
  public boolean isOther() {
    return false;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public Object fileKey() {
    return number();
  }
}
