package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
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
final class KeptAttributes implements EntryAttributes {
  private static final String OWN = "overlays.";
  private static final String ROOTS = "trusted.";
  static final String KEPT = OWN + "attributes";
  static final String TARGET = OWN + "target";

  private final boolean posix;
  private final Class<? extends BasicFileAttributes> view;
  private final boolean counted;
  private final long device;

  KeptAttributes(FileSystem fileSystem) {
    posix = fileSystem.supportedFileAttributeViews().contains("posix");
    view = posix ? PosixFileAttributes.class : BasicFileAttributes.class;
    counted = fileSystem.supportedFileAttributeViews().contains("unix");
    device = DeviceNumbers.of(fileSystem);
  }

  @Override
  public EntryStat stat(Path path) throws IOException {
    BasicFileAttributes basic = basic(path);
    KeptValue kept = kept(path, basic);
    Object key = basic.fileKey();
    return new EntryStat(
        type(basic),
        kept.mode(),
        kept.owner(),
        kept.group(),
        basic.size(),
        0,
        counted ? links(path) : 1,
        device,
        key instanceof Number number ? number.longValue() : path.hashCode(),
        0,
        0,
        basic.lastAccessTime().toInstant(),
        basic.lastModifiedTime().toInstant(),
        kept.immutable(),
        kept.appendOnly());
  }

  private BasicFileAttributes basic(Path path) throws IOException {
    return Files.readAttributes(path, view, LinkOption.NOFOLLOW_LINKS);
  }

  private static long links(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS)).longValue();
  }

  private static EntryType type(BasicFileAttributes basic) {
    if (basic.isDirectory()) {
      return EntryType.DIRECTORY;
    }
    return basic.isSymbolicLink() ? EntryType.SYMLINK : EntryType.FILE;
  }

  private static KeptValue kept(Path path, BasicFileAttributes basic) throws IOException {
    KeptValue kept =
        UserXattrs.get(path, KEPT)
            .map(KeptValue::of)
            .orElseGet(() -> KeptValue.initial(initialMode(basic)));
    if (basic instanceof PosixFileAttributes attributes && !basic.isSymbolicLink()) {
      return kept.withMode((kept.mode() & 07000) | PermissionBits.bits(attributes.permissions()));
    }
    return kept;
  }

  private static int initialMode(BasicFileAttributes basic) {
    if (basic.isSymbolicLink()) {
      return 0777;
    }
    return basic.isDirectory() ? 0755 : 0644;
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    BasicFileAttributes basic = basic(path);
    KeptValue old = kept(path, basic);
    int mode = basic.isDirectory() ? old.mode() : withoutSetIds(old.mode());
    UserXattrs.set(path, KEPT, old.withMode(mode).withOwner(owner, group).toBytes());
  }

  /** Set-group-ID goes only where the group may execute; source: chown(2). */
  private static int withoutSetIds(int mode) {
    return (mode & 010) != 0 ? mode & ~06000 : mode & ~04000;
  }

  @Override
  public void setProtection(Path path, boolean immutable, boolean appendOnly) throws IOException {
    KeptValue old = kept(path, basic(path));
    UserXattrs.set(path, KEPT, old.withProtection(immutable, appendOnly).toBytes());
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    UserXattrs.set(path, KEPT, kept(path, basic(path)).withMode(mode).toBytes());
    if (posix) {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(PermissionBits.set(mode));
    }
  }

  @Override
  public FileAttribute<?>[] creation(int mode) {
    return new FileAttribute<?>[0];
  }

  @Override
  public void created(Path path, int mode) throws IOException {
    setMode(path, mode);
  }

  @Override
  public boolean hasXattrs(EntryType type) {
    return true;
  }

  @Override
  public Optional<String> keptXattr(String xattr) {
    if (xattr.startsWith(ROOTS)) {
      return Optional.of(OWN + xattr);
    }
    return UserXattrs.withoutPrefix(xattr).filter(name -> !name.startsWith(OWN));
  }

  @Override
  public Optional<String> shownXattr(String kept) {
    if (kept.startsWith(OWN + ROOTS)) {
      return Optional.of(kept.substring(OWN.length()));
    }
    return kept.startsWith(OWN) ? Optional.empty() : Optional.of(UserXattrs.PREFIX + kept);
  }

  @Override
  public byte[] target(Path link) throws IOException {
    byte[] target = PathBytes.bytes(Files.readSymbolicLink(link));
    return UserXattrs.get(link, TARGET).orElse(target);
  }

  @Override
  public void linked(Path link, byte[] target) throws IOException {
    UserXattrs.set(link, TARGET, target);
  }
}
