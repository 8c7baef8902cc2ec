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
import dev.overlays.lookup.MergedDirectory.Shown;
import dev.overlays.merge.change.Protection;
import dev.overlays.owners.MappedOwners;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.IOUtils;

/** Compares entries of the upper with entries of the same type in the lowers. */
public final class Comparison {
  private final MarkNamespace marks;
  private final List<Protection> everywhere = new ArrayList<>();

  public Comparison(LayerRoots lowers) throws IOException {
    marks = lowers.marks();
    for (LayerDirectory root : lowers.root().directories()) {
      everywhere.add(protection(LayerEntries.present(root, Name.SELF)));
    }
  }

  private static Protection protection(EntryStat stat) {
    return new Protection(stat.immutable(), stat.appendOnly());
  }

  /** An entry of the upper. */
  public record Entry(LayerDirectory directory, Name name, EntryStat stat) {}

  /**
   * Whether owner, mode and extended attributes are equal, and also the time unless it is a
   * directory, whose time changes with its entries.
   */
  public boolean sameAttributes(Entry upper, Shown lower) throws IOException {
    EntryStat stat = upper.stat();
    EntryStat old = lower.stat();
    return stat.owner() == old.owner()
        && stat.group() == old.group()
        && stat.mode() == old.mode()
        && (stat.isDirectory() || stat.modified().equals(old.modified()))
        && sameXattrs(upper, lower)
        && !MappedOwners.isNobody(lower.directory(), lower.name());
  }

  private boolean sameXattrs(Entry upper, Shown lower) throws IOException {
    List<String> all = upper.directory().xattrs(upper.name());
    List<String> own = own(all);
    if (!own.equals(own(lower.directory().xattrs(lower.name())))) {
      return false;
    }
    for (String xattr : own) {
      Optional<byte[]> value = upper.directory().xattr(upper.name(), xattr);
      Optional<byte[]> old = lower.directory().xattr(lower.name(), xattr);
      if (!Arrays.equals(value.orElse(null), old.orElse(null))) {
        return false;
      }
    }
    return sameProtection(upper, all, lower);
  }

  private List<String> own(List<String> xattrs) {
    return xattrs.stream().filter(xattr -> !marks.isMark(xattr)).sorted().toList();
  }

  /**
   * Compares the attributes of chattr(1). An image such as erofs reports every entry as immutable,
   * although a view over it lets them be changed.
   */
  private boolean sameProtection(Entry upper, List<String> xattrs, Shown lower) throws IOException {
    Protection none = new Protection(false, false);
    Protection old = protection(lower.stat());
    Protection protection =
        xattrs.contains(Mark.PROTATTR.xattr(marks))
            ? Protection.of(upper.directory(), upper.name(), marks)
            : none;
    return protection.equals(old.equals(everywhere.get(lower.layer())) ? none : old);
  }

  /**
   * Whether the data of two files, the targets of two links or the numbers of two devices are
   * equal.
   *
   * @param upper the entry; if it is a file, it must have its data
   * @param below the directory that shows the other, and in which its data is found
   */
  public static boolean sameContent(Entry upper, MergedDirectory below, Shown lower)
      throws IOException {
    EntryStat stat = upper.stat();
    EntryStat old = lower.stat();
    return switch (stat.type()) {
      case FILE -> stat.size() == old.size() && sameData(upper, below, lower.name());
      case SYMLINK ->
          Arrays.equals(
              upper.directory().readSymlink(upper.name()),
              lower.directory().readSymlink(lower.name()));
      default -> stat.deviceMajor() == old.deviceMajor() && stat.deviceMinor() == old.deviceMinor();
    };
  }

  private static boolean sameData(Entry upper, MergedDirectory below, Name name)
      throws IOException {
    boolean[] same = {false};
    below.data(
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
