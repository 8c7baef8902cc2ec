package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.change.ProtectionFlags;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.IOUtils;

/** Compares what two instances have put under a name, except for the times. */
final class EntryEquality {
  private EntryEquality() {}

  static boolean areAlike(InstanceEntry one, InstanceEntry other) throws IOException {
    EntryStat a = one.stat();
    EntryStat b = other.stat();
    return a.type() == b.type()
        && a.mode() == b.mode()
        && a.owner() == b.owner()
        && a.group() == b.group()
        && haveEqualXattrs(one, other)
        && protectionOf(one).equals(protectionOf(other))
        && (a.isDirectory() || haveEqualContent(one, other));
  }

  private static boolean haveEqualXattrs(InstanceEntry one, InstanceEntry other)
      throws IOException {
    List<String> xattrs = sortedXattrs(one);
    if (!xattrs.equals(sortedXattrs(other))) {
      return false;
    }
    for (String xattr : xattrs) {
      byte[] value = one.directory().xattr(one.name(), xattr).orElse(null);
      if (!Arrays.equals(value, other.directory().xattr(other.name(), xattr).orElse(null))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> sortedXattrs(InstanceEntry version) throws IOException {
    MarkNamespace marks = version.instance().marks();
    return version.directory().xattrs(version.name()).stream()
        .filter(xattr -> !marks.isMark(xattr))
        .sorted()
        .toList();
  }

  private static ProtectionFlags protectionOf(InstanceEntry version) throws IOException {
    MarkNamespace marks = version.instance().marks();
    String mark = Mark.PROTATTR.xattr(marks);
    return version.isOwn() && version.directory().xattr(version.name(), mark).isPresent()
        ? ProtectionFlags.of(version.directory(), version.name(), marks)
        : new ProtectionFlags(version.stat().immutable(), version.stat().appendOnly());
  }

  private static boolean haveEqualContent(InstanceEntry one, InstanceEntry other)
      throws IOException {
    EntryStat a = one.stat();
    EntryStat b = other.stat();
    return switch (a.type()) {
      case FILE -> a.size() == b.size() && haveEqualData(one, other);
      case SYMLINK ->
          Arrays.equals(
              one.directory().readSymlink(one.name()), other.directory().readSymlink(other.name()));
      default -> a.deviceMajor() == b.deviceMajor() && a.deviceMinor() == b.deviceMinor();
    };
  }

  private static boolean haveEqualData(InstanceEntry one, InstanceEntry other) throws IOException {
    boolean[] equal = {false};
    one.findData(
        (layer, directory, name, stat) ->
            other.findData(
                (otherLayer, otherDirectory, otherName, otherStat) -> {
                  if (stat.sameInode(otherStat)) {
                    equal[0] = true;
                    return;
                  }
                  try (InputStream in = directory.readFile(name);
                      InputStream otherIn = otherDirectory.readFile(otherName)) {
                    equal[0] = IOUtils.contentEquals(in, otherIn);
                  }
                }));
    return equal[0];
  }
}
