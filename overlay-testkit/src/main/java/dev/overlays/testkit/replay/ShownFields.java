package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads what a view shows through {@code java.nio.file}, as named fields of each entry. */
final class ShownFields {
  /** Kinds as the bits of {@code S_IFMT}; source: inode(7). */
  static final String FILE = "100000";

  static final String DIRECTORY = "40000";

  private static final String WANTED =
      "unix:mode,uid,gid,size,nlink,rdev,fileKey,lastModifiedTime,isDirectory,isRegularFile,"
          + "isSymbolicLink";

  private final ReplayTimes since;
  private final Set<KnownDifference> ignored;

  ShownFields(ReplayTimes since, Set<KnownDifference> ignored) {
    this.since = since;
    this.ignored = ignored;
  }

  boolean ignoresSomething() {
    return !ignored.isEmpty();
  }

  boolean ignoresDifference(KnownDifference difference) {
    return ignored.contains(difference);
  }

  /** Whether both sides determine which names are one file. */
  boolean tellsIdentity(boolean regularFile) {
    return !ignoresDifference(KnownDifference.METACOPY_IDENTITY)
        && !ignoresDifference(KnownDifference.ORIGIN_IDENTITY)
        && (regularFile || !ignoresDifference(KnownDifference.NODE_IDENTITY));
  }

  /** Whether a mode would lock the current user out, on a side that must not have such modes. */
  boolean keepsOut(int mode) {
    return ignoresDifference(KnownDifference.OWNERS) && (mode & 0700) != 0700;
  }

  /** Whether a mode has bits that a write may clear on a side. */
  boolean mayLoseBits(int mode) {
    return ignoresDifference(KnownDifference.SET_ID_BITS) && (mode & 06000) != 0;
  }

  /** Whether two names are one file, and a side may treat them as two. */
  boolean mayDisagree(BasicFileAttributes one, BasicFileAttributes other) {
    return !tellsIdentity(one.isRegularFile()) && one.fileKey().equals(other.fileKey());
  }

  /** Reads the fields of one entry that stat(2) returns. */
  Map<String, String> statFields(Path path, LinkOption... options) throws IOException {
    return statFields(Files.readAttributes(path, WANTED, options));
  }

  private Map<String, String> statFields(Map<String, Object> all) {
    Map<String, String> fields = new TreeMap<>();
    boolean directory = isTrue(all, "isDirectory");
    int mode = (int) all.get("mode");
    fields.put("kind", Integer.toOctalString(mode & 0170000));
    fields.put("mode", Integer.toOctalString(mode & 07777));
    fields.put("owner", all.get("uid") + ":" + all.get("gid"));
    if (isTrue(all, "isRegularFile")) {
      fields.put("size", all.get("size").toString());
    } else if (!directory && !isTrue(all, "isSymbolicLink")) {
      fields.put("device", all.get("rdev").toString());
    }
    if (!directory && !ignored.contains(KnownDifference.LINK_COUNTS)) {
      fields.put("links", all.get("nlink").toString());
    }
    if (!directory || !ignored.contains(KnownDifference.DIRECTORY_TIMES)) {
      fields.put("modified", since.timeText(((FileTime) all.get("lastModifiedTime")).toInstant()));
    }
    return fields;
  }

  private static boolean isTrue(Map<String, Object> attributes, String kind) {
    return (boolean) attributes.get(kind);
  }

  /** Reads all fields of a directory and of everything below it, by relative path. */
  ViewSnapshot readView(Path root) throws IOException {
    List<ViewSnapshot.SnapshotEntry> entries = new ArrayList<>();
    addEntry(root, ".", entries);
    return ViewSnapshot.of(entries);
  }

  private void addEntry(Path path, String name, List<ViewSnapshot.SnapshotEntry> entries)
      throws IOException {
    Map<String, Object> all = Files.readAttributes(path, WANTED, LinkOption.NOFOLLOW_LINKS);
    Map<String, String> fields = statFields(all);
    boolean directory = isTrue(all, "isDirectory");
    if (isTrue(all, "isSymbolicLink")) {
      fields.put("target", StepOutcome.visibleText(Files.readSymbolicLink(path).toString()));
    } else if (isTrue(all, "isRegularFile")) {
      fields.put("content", contentText(path));
    }
    if (directory || isTrue(all, "isRegularFile")) {
      fields.put("xattrs", xattrsText(path));
    }
    Object file =
        directory || !tellsIdentity(isTrue(all, "isRegularFile")) ? null : all.get("fileKey");
    entries.add(new ViewSnapshot.SnapshotEntry(name, fields, file));
    if (directory) {
      try (DirectoryStream<Path> inner = Files.newDirectoryStream(path)) {
        for (Path entry : inner) {
          String last = StepOutcome.visibleText(entry.getFileName().toString());
          addEntry(entry, name.equals(".") ? last : name + "/" + last, entries);
        }
      }
    }
  }

  /** Describes the content; for a metacopy file whose data is missing, the error. */
  private static String contentText(Path file) {
    try {
      return PatternBytes.describeBytes(Files.readAllBytes(file));
    } catch (IOException e) {
      return StepOutcome.of(e, file);
    }
  }

  private static String xattrsText(Path path) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    Map<String, String> shown = new TreeMap<>();
    for (String name : view.list()) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      shown.put(name, PatternBytes.describeBytes(value.array()));
    }
    return shown.toString();
  }
}
