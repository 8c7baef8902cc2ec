package dev.overlays.testkit.tree;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The attributes of a path, read through the best view that its file system has. */
record PathAttributes(Map<String, Object> values) {
  private static final String BASIC_ATTRIBUTES =
      "isDirectory,isRegularFile,isSymbolicLink,size,lastModifiedTime,fileKey";

  static PathAttributes of(Path path) throws IOException {
    FileSystem fileSystem = path.getFileSystem();
    Set<String> views = fileSystem.supportedFileAttributeViews();
    String wanted = BASIC_ATTRIBUTES;
    if (views.contains("unix")) {
      wanted = "unix:" + BASIC_ATTRIBUTES + ",mode,uid,gid,nlink";
    } else if (views.contains("posix")) {
      wanted = "posix:" + BASIC_ATTRIBUTES + ",permissions,owner";
    }
    return new PathAttributes(Files.readAttributes(path, wanted, LinkOption.NOFOLLOW_LINKS));
  }

  private boolean isTrue(String word) {
    return Boolean.TRUE.equals(values.get(word));
  }

  boolean isDirectory() {
    return isTrue("isDirectory");
  }

  boolean isFile() {
    return isTrue("isRegularFile");
  }

  boolean isSymbolicLink() {
    return isTrue("isSymbolicLink");
  }

  String kindText() {
    if (isDirectory()) {
      return "directory";
    }
    if (isFile()) {
      return "file";
    }
    return isSymbolicLink() ? "symbolic link" : specialKind();
  }

  /** Decodes the bits of {@code S_IFMT}; source: inode(7). */
  private String specialKind() {
    int type = values.get("mode") instanceof Integer mode ? mode & 0170000 : 0;
    return switch (type) {
      case 0020000 -> "character device";
      case 0060000 -> "block device";
      case 0010000 -> "fifo";
      case 0140000 -> "socket";
      default -> "special file";
    };
  }

  Optional<String> modeText() {
    if (isSymbolicLink()) {
      return Optional.empty();
    }
    if (values.get("mode") instanceof Integer mode) {
      return Optional.of(SpecifiedAttributes.formatMode(mode & 07777));
    }
    return Optional.ofNullable(values.get("permissions")).map(PathAttributes::formatPermissions);
  }

  @SuppressWarnings("unchecked") // The view is specified to return a set of these.
  private static String formatPermissions(Object permissions) {
    return PosixFilePermissions.toString((Set<PosixFilePermission>) permissions);
  }

  Optional<String> ownerText() {
    if (values.get("uid") instanceof Integer user && values.get("gid") instanceof Integer group) {
      return Optional.of(new SpecifiedAttributes.OwnerIds(user, group).toString());
    }
    return Optional.ofNullable(values.get("owner")).map(Object::toString);
  }

  /** Returns a key that hard links have in common, for inodes that may have several names. */
  Optional<Object> inodeKey() {
    boolean single = values.get("nlink") instanceof Number links && links.longValue() < 2;
    return single || isDirectory() ? Optional.empty() : Optional.ofNullable(values.get("fileKey"));
  }
}
