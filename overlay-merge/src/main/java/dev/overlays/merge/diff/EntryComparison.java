package dev.overlays.merge.diff;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.change.ProtectionFlags;
import dev.overlays.owners.MappedOwners;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.IOUtils;

/** Compares entries of the upper with entries of the same type in the lowers. */
public final class EntryComparison {
  private final MarkNamespace marks;
  private final List<ProtectionFlags> rootProtections = new ArrayList<>();

  public EntryComparison(LayerRoots lowers) throws IOException {
    marks = lowers.markNamespace();
    for (LayerDirectory root : lowers.mergedRoot().mergedDirectories()) {
      rootProtections.add(protectionOf(LayerEntries.requireStat(root, Name.SELF)));
    }
  }

  private static ProtectionFlags protectionOf(EntryStat stat) {
    return new ProtectionFlags(stat.immutable(), stat.appendOnly());
  }

  /** An entry of the upper. */
  public record UpperEntry(LayerDirectory directory, Name name, EntryStat stat) {}

  /**
   * Whether owner, mode and extended attributes are equal, and also the time unless it is a
   * directory, whose time changes with its entries.
   */
  public boolean haveSameAttributes(UpperEntry upper, ShownEntry lower) throws IOException {
    EntryStat stat = upper.stat();
    EntryStat old = lower.stat();
    return stat.owner() == old.owner()
        && stat.group() == old.group()
        && stat.mode() == old.mode()
        && (stat.isDirectory() || stat.modified().equals(old.modified()))
        && haveSameXattrs(upper, lower)
        && !MappedOwners.isNobody(lower.directory(), lower.name());
  }

  private boolean haveSameXattrs(UpperEntry upper, ShownEntry lower) throws IOException {
    List<String> all = upper.directory().xattrs(upper.name());
    List<String> own = withoutMarks(all);
    if (!own.equals(withoutMarks(lower.directory().xattrs(lower.name())))) {
      return false;
    }
    for (String xattr : own) {
      Optional<byte[]> value = upper.directory().xattr(upper.name(), xattr);
      Optional<byte[]> old = lower.directory().xattr(lower.name(), xattr);
      if (!Arrays.equals(value.orElse(null), old.orElse(null))) {
        return false;
      }
    }
    return haveSameProtection(upper, all, lower);
  }

  private List<String> withoutMarks(List<String> xattrs) {
    return xattrs.stream().filter(xattr -> !marks.isMark(xattr)).sorted().toList();
  }

  /**
   * Compares the attributes of chattr(1). An image such as erofs reports every entry as immutable,
   * although a view over it lets them be changed.
   */
  private boolean haveSameProtection(UpperEntry upper, List<String> xattrs, ShownEntry lower)
      throws IOException {
    ProtectionFlags none = new ProtectionFlags(false, false);
    ProtectionFlags old = protectionOf(lower.stat());
    ProtectionFlags protection =
        xattrs.contains(Mark.PROTATTR.xattr(marks))
            ? ProtectionFlags.of(upper.directory(), upper.name(), marks)
            : none;
    return protection.equals(old.equals(rootProtections.get(lower.layer())) ? none : old);
  }

  /**
   * Whether the data of two files, the targets of two links or the numbers of two devices are
   * equal.
   *
   * @param upper the entry; if it is a file, it must have its data
   * @param below the directory that shows the other, and in which its data is found
   */
  public static boolean haveSameContent(UpperEntry upper, MergedDirectory below, ShownEntry lower)
      throws IOException {
    EntryStat stat = upper.stat();
    EntryStat old = lower.stat();
    return switch (stat.type()) {
      case FILE -> stat.size() == old.size() && haveSameData(upper, below, lower.name());
      case SYMLINK ->
          Arrays.equals(
              upper.directory().readSymlink(upper.name()),
              lower.directory().readSymlink(lower.name()));
      default -> stat.deviceMajor() == old.deviceMajor() && stat.deviceMinor() == old.deviceMinor();
    };
  }

  private static boolean haveSameData(UpperEntry upper, MergedDirectory below, Name name)
      throws IOException {
    boolean[] same = {false};
    below.findData(
        name,
        (layer, directory, source, stat) -> {
          if (stat.type() == EntryType.FILE && stat.size() == upper.stat().size()) {
            try (InputStream mine = upper.directory().readFile(upper.name());
                InputStream other = directory.readFile(source)) {
              same[0] = IOUtils.contentEquals(mine, other);
            }
          }
        });
    return same[0];
  }
}
