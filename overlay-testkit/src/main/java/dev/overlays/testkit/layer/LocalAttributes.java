package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.testkit.inode.PermissionBits;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** The attributes of the default file system, through its {@code unix} view. */
final class LocalAttributes implements EntryAttributes {
  private static final String UNIX_ATTRIBUTES =
      "unix:mode,uid,gid,size,nlink,dev,ino,rdev,lastAccessTime,lastModifiedTime";

  @Override
  public StoredEntry readEntry(Path path) throws IOException {
    return PathEntry.of(path, stat(path));
  }

  /** Reads the attributes of an entry; an emulated node is still a file here. */
  private static EntryStat stat(Path path) throws IOException {
    Map<String, Object> all =
        Files.readAttributes(path, UNIX_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    int mode = numberOf(all, "mode").intValue();
    EntryType type = entryType(mode);
    boolean device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE;
    long number = device ? numberOf(all, "rdev").longValue() : 0;
    return new EntryStat(
        type,
        mode & 07777,
        numberOf(all, "uid").intValue(),
        numberOf(all, "gid").intValue(),
        numberOf(all, "size").longValue(),
        0,
        numberOf(all, "nlink").longValue(),
        numberOf(all, "dev").longValue(),
        numberOf(all, "ino").longValue(),
        (int) ((number >>> 8 & 0xfff) | (number >>> 32 & 0xfffff000L)),
        (int) ((number & 0xff) | (number >>> 12 & 0xffffff00L)),
        ((FileTime) all.get("lastAccessTime")).toInstant(),
        ((FileTime) all.get("lastModifiedTime")).toInstant(),
        false,
        false);
  }

  private static Number numberOf(Map<String, Object> attributes, String name) {
    return (Number) attributes.get(name);
  }

  /** Decodes the bits of {@code S_IFMT}; source: inode(7). */
  private static EntryType entryType(int mode) {
    return switch (mode & 0170000) {
      case 0040000 -> EntryType.DIRECTORY;
      case 0120000 -> EntryType.SYMLINK;
      case 0020000 -> EntryType.CHARACTER_DEVICE;
      case 0060000 -> EntryType.BLOCK_DEVICE;
      case 0010000 -> EntryType.FIFO;
      case 0140000 -> EntryType.SOCKET;
      default -> EntryType.FILE;
    };
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    Files.setAttribute(path, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    if (stat(path).type() == EntryType.SYMLINK) {
      throw EntryAttributes.linkHasNoMode(path);
    }
    Files.setAttribute(path, "unix:mode", mode, linkOptions(path));
  }

  @Override
  public void setProtection(Path path, boolean immutable, boolean appendOnly) throws IOException {
    stat(path);
    if (immutable || appendOnly) {
      throw new FileSystemException(path.toString(), null, "cannot be protected here");
    }
  }

  @Override
  public void setTimes(Path path, FileTime accessed, FileTime modified) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, linkOptions(path))
        .setTimes(modified, accessed, null);
  }

  /**
   * With NOFOLLOW_LINKS, the JDK opens the entry first: a named pipe would wait for a writer, and a
   * device might do anything. These entries are no links, so the option is not needed for them.
   */
  private static LinkOption[] linkOptions(Path path) throws IOException {
    return switch (stat(path).type()) {
      case FILE, DIRECTORY, SYMLINK -> new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
      default -> new LinkOption[0];
    };
  }

  @Override
  public FileAttribute<?>[] creationAttributes(int mode) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PermissionBits.toPermissions(mode))
    };
  }

  @Override
  public void afterCreation(Path path, int mode) {}

  @Override
  public boolean supportsXattrs(EntryType type) {
    return type == EntryType.FILE || type == EntryType.DIRECTORY;
  }

  @Override
  public Optional<String> storedXattrName(String xattr) {
    return UserXattrs.withoutPrefix(xattr);
  }

  @Override
  public Optional<String> shownXattrName(String kept) {
    return Optional.of(UserXattrs.PREFIX + kept);
  }

  @Override
  public byte[] readTarget(Path link) throws IOException {
    return ProviderPaths.bytesOf(Files.readSymbolicLink(link));
  }

  @Override
  public void afterLinking(Path link, byte[] target) {}
}
