package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.testkit.inode.PermissionBits;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;

/**
 * Emulates the attributes that a file system in memory lacks by user-defined ones: all twelve bits
 * of the mode, numeric owners, the attributes of chattr(1), which are not enforced, and the
 * namespace {@code trusted} of extended attributes. Where the file system has POSIX permissions,
 * they are the lower nine bits of the mode, so that both always agree.
 */
class EmulatedAttributes implements EntryAttributes {
  private static final String OWN_PREFIX = "overlays.";
  private static final String TRUSTED_PREFIX = "trusted.";
  static final String VALUES_XATTR = OWN_PREFIX + "attributes";
  static final String TARGET_XATTR = OWN_PREFIX + "target";

  private final boolean hasPermissions;
  private final Class<? extends BasicFileAttributes> attributesType;
  private final boolean hasLinkCounts;
  private final long device;

  EmulatedAttributes(FileSystem fileSystem) {
    hasPermissions = fileSystem.supportedFileAttributeViews().contains("posix");
    attributesType = hasPermissions ? PosixFileAttributes.class : BasicFileAttributes.class;
    hasLinkCounts = fileSystem.supportedFileAttributeViews().contains("unix");
    device = FileSystemNumbers.of(fileSystem);
  }

  @Override
  public StoredEntry readEntry(Path path) throws IOException {
    BasicFileAttributes basic = readBasic(path);
    long inode = basic.fileKey() instanceof Number number ? number.longValue() : path.hashCode();
    long links = hasLinkCounts ? linkCount(path) : 1;
    return PathEntry.of(path, toStat(basic, readValues(path, basic), links, inode));
  }

  private BasicFileAttributes readBasic(Path path) throws IOException {
    return Files.readAttributes(path, attributesType, LinkOption.NOFOLLOW_LINKS);
  }

  private static long linkCount(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS)).longValue();
  }

  /** Puts together what was read of an entry. */
  EntryStat toStat(BasicFileAttributes basic, EmulatedValues values, long links, long inode) {
    return new EntryStat(
        entryType(basic),
        values.mode(),
        values.owner(),
        values.group(),
        basic.size(),
        0,
        links,
        device,
        inode,
        0,
        0,
        basic.lastAccessTime().toInstant(),
        basic.lastModifiedTime().toInstant(),
        values.immutable(),
        values.appendOnly());
  }

  static EntryType entryType(BasicFileAttributes basic) {
    if (basic.isDirectory()) {
      return EntryType.DIRECTORY;
    }
    return basic.isSymbolicLink() ? EntryType.SYMLINK : EntryType.FILE;
  }

  private static EmulatedValues readValues(Path path, BasicFileAttributes basic)
      throws IOException {
    EmulatedValues values = storedValues(basic, UserXattrs.readXattr(path, VALUES_XATTR));
    return basic instanceof PosixFileAttributes posix
        ? withPermissions(values, basic, PermissionBits.toBits(posix.permissions()))
        : values;
  }

  static EmulatedValues storedValues(BasicFileAttributes basic, Optional<byte[]> stored) {
    return stored.isPresent()
        ? EmulatedValues.parse(stored.get())
        : EmulatedValues.initialValues(initialMode(basic));
  }

  /** The file system's permissions are the lower nine bits of the mode, except for links. */
  static EmulatedValues withPermissions(
      EmulatedValues values, BasicFileAttributes basic, int permissions) {
    return basic.isSymbolicLink() ? values : values.withMode((values.mode() & 07000) | permissions);
  }

  private static int initialMode(BasicFileAttributes basic) {
    if (basic.isSymbolicLink()) {
      return 0777;
    }
    return basic.isDirectory() ? 0755 : 0644;
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    BasicFileAttributes basic = readBasic(path);
    EmulatedValues old = readValues(path, basic);
    int mode = basic.isDirectory() ? old.mode() : withoutSetIds(old.mode());
    UserXattrs.writeXattr(path, VALUES_XATTR, old.withMode(mode).withOwner(owner, group).toBytes());
  }

  /** Set-group-ID goes only where the group may execute; source: chown(2). */
  private static int withoutSetIds(int mode) {
    return (mode & 010) != 0 ? mode & ~06000 : mode & ~04000;
  }

  @Override
  public void setProtection(Path path, boolean immutable, boolean appendOnly) throws IOException {
    EmulatedValues old = readValues(path, readBasic(path));
    UserXattrs.writeXattr(path, VALUES_XATTR, old.withProtection(immutable, appendOnly).toBytes());
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    BasicFileAttributes basic = readBasic(path);
    if (basic.isSymbolicLink()) {
      throw EntryAttributes.linkHasNoMode(path);
    }
    UserXattrs.writeXattr(path, VALUES_XATTR, readValues(path, basic).withMode(mode).toBytes());
    if (hasPermissions) {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(PermissionBits.toPermissions(mode));
    }
  }

  @Override
  public FileAttribute<?>[] creationAttributes(int mode) {
    return new FileAttribute<?>[0];
  }

  @Override
  public void afterCreation(Path path, int mode) throws IOException {
    setMode(path, mode);
  }

  @Override
  public boolean supportsXattrs(EntryType type) {
    return true;
  }

  @Override
  public Optional<String> storedXattrName(String xattr) {
    if (xattr.startsWith(TRUSTED_PREFIX)) {
      return Optional.of(OWN_PREFIX + xattr);
    }
    return UserXattrs.withoutPrefix(xattr).filter(name -> !name.startsWith(OWN_PREFIX));
  }

  @Override
  public Optional<String> shownXattrName(String kept) {
    if (kept.startsWith(OWN_PREFIX + TRUSTED_PREFIX)) {
      return Optional.of(kept.substring(OWN_PREFIX.length()));
    }
    return kept.startsWith(OWN_PREFIX) ? Optional.empty() : Optional.of(UserXattrs.PREFIX + kept);
  }

  @Override
  public byte[] readTarget(Path link) throws IOException {
    byte[] target = ProviderPaths.bytesOf(Files.readSymbolicLink(link));
    return UserXattrs.readXattr(link, TARGET_XATTR).orElse(target);
  }

  @Override
  public void afterLinking(Path link, byte[] target) throws IOException {
    UserXattrs.writeXattr(link, TARGET_XATTR, target);
  }
}
