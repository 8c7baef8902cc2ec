package dev.overlays.testkit.union;

import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Converts modes between numbers and permissions, and computes the modes of new entries. */
final class FileModes {
  static final int FILE = 0666;
  static final int DIRECTORY = 0777;
  private static final int USUAL_UMASK = 022;

  /** In order from the lowest bit. */
  private static final List<PosixFilePermission> BITS =
      List.of(
          PosixFilePermission.OTHERS_EXECUTE,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_READ);

  private static final int UMASK = readUmask();

  private FileModes() {}

  /** Returns the mode of a new file or directory: the requested mode without the umask's bits. */
  static int modeOfNew(int usual, FileAttribute<?>... attributes) {
    int mode = usual;
    for (FileAttribute<?> attribute : attributes) {
      if (!attribute.name().equals("posix:permissions")
          && !attribute.name().equals("unix:permissions")) {
        throw new UnsupportedOperationException(
            "'" + attribute.name() + "' not supported as initial attribute");
      }
      mode = toBits((Collection<?>) attribute.value());
    }
    return applyUmask(mode);
  }

  static int applyUmask(int mode) {
    return mode & ~UMASK;
  }

  static int toBits(Collection<?> permissions) {
    int bits = 0;
    for (Object permission : permissions) {
      bits |= 1 << BITS.indexOf((PosixFilePermission) permission);
    }
    return bits;
  }

  static Set<PosixFilePermission> toPermissions(int bits) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < BITS.size(); i++) {
      if ((bits & 1 << i) != 0) {
        permissions.add(BITS.get(i));
      }
    }
    return permissions;
  }

  /** The bits of {@code S_IFMT}; source: inode(7). */
  static int typeBits(EntryType type) {
    return switch (type) {
      case DIRECTORY -> 0040000;
      case SYMLINK -> 0120000;
      case CHARACTER_DEVICE -> 0020000;
      case BLOCK_DEVICE -> 0060000;
      case FIFO -> 0010000;
      case SOCKET -> 0140000;
      case FILE, UNKNOWN -> 0100000;
    };
  }

  /**
   * Reads the umask from proc(5): the JDK does not return it, and umask(2) returns it only by
   * changing it.
   */
  private static int readUmask() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Umask:")) {
          return Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
        }
      }
      return USUAL_UMASK;
    } catch (IOException e) {
      return USUAL_UMASK;
    }
  }
}
