package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * Attributes that a file system in memory lacks, kept in user-defined ones: all twelve bits of the
 * mode, and owners by number. Where there are POSIX permissions, these are the lower nine bits, so
 * that both ways to see them agree.
 */
final class KeptAttributes implements Attributes {
  static final String OWNERSHIP = "overlays.attributes";
  static final String TARGET = "overlays.target";

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

  private record Ownership(int mode, int owner, int group) {
    static Ownership of(byte[] bytes) {
      List<String> parts = List.of(new String(bytes, StandardCharsets.US_ASCII).split(" ", 3));
      return new Ownership(
          Integer.parseInt(parts.get(0), 8),
          Integer.parseUnsignedInt(parts.get(1)),
          Integer.parseUnsignedInt(parts.get(2)));
    }

    byte[] toBytes() {
      String text =
          Integer.toOctalString(mode)
              + ' '
              + Integer.toUnsignedString(owner)
              + ' '
              + Integer.toUnsignedString(group);
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }

  @Override
  public EntryStat stat(Path path) throws IOException {
    BasicFileAttributes basic = basic(path);
    Ownership ownership = ownership(path, basic);
    Object key = basic.fileKey();
    return new EntryStat(
        type(basic),
        ownership.mode(),
        ownership.owner(),
        ownership.group(),
        basic.size(),
        0,
        counted ? links(path) : 1,
        device,
        key instanceof Number number ? number.longValue() : path.hashCode(),
        0,
        0,
        basic.lastAccessTime().toInstant(),
        basic.lastModifiedTime().toInstant(),
        false,
        false);
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

  private static Ownership ownership(Path path, BasicFileAttributes basic) throws IOException {
    Optional<byte[]> kept = UserXattrs.get(path, OWNERSHIP);
    Ownership ownership =
        kept.isPresent() ? Ownership.of(kept.get()) : new Ownership(initialMode(basic), 0, 0);
    if (basic instanceof PosixFileAttributes attributes && !basic.isSymbolicLink()) {
      int mode = (ownership.mode() & 07000) | Permissions.bits(attributes.permissions());
      return new Ownership(mode, ownership.owner(), ownership.group());
    }
    return ownership;
  }

  private static int initialMode(BasicFileAttributes basic) {
    if (basic.isSymbolicLink()) {
      return 0777;
    }
    return basic.isDirectory() ? 0755 : 0644;
  }

  @Override
  public void setOwner(Path path, int owner, int group) throws IOException {
    Ownership old = ownership(path, basic(path));
    // The kernel takes set-user-ID and set-group-ID away from what is not a directory.
    int mode = type(basic(path)) == EntryType.DIRECTORY ? old.mode() : old.mode() & ~06000;
    UserXattrs.set(path, OWNERSHIP, new Ownership(mode, owner, group).toBytes());
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    Ownership old = ownership(path, basic(path));
    UserXattrs.set(path, OWNERSHIP, new Ownership(mode, old.owner(), old.group()).toBytes());
    if (posix) {
      Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(Permissions.set(mode));
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
  public byte[] target(Path link) throws IOException {
    byte[] target = PathBytes.bytes(Files.readSymbolicLink(link));
    return UserXattrs.get(link, TARGET).orElse(target);
  }

  @Override
  public void linked(Path link, byte[] target) throws IOException {
    UserXattrs.set(link, TARGET, target);
  }
}
