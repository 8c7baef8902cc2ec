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
import dev.overlays.merge.change.ChattrProtection;
import dev.overlays.owners.MappedOwners;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.IOUtils;

/** Whether an entry of the upper shows the same as an entry of the same kind of the lowers. */
public final class EntryComparison {
  private final MarkNamespace marks;
  private final List<ChattrProtection> everywhere = new ArrayList<>();

  public EntryComparison(LayerRoots lowers) throws IOException {
    marks = lowers.marks();
    for (LayerDirectory root : lowers.root().directories()) {
      everywhere.add(protectionOf(LayerEntries.present(root, Name.SELF)));
    }
  }

  private static ChattrProtection protectionOf(EntryStat stat) {
    return new ChattrProtection(stat.immutable(), stat.appendOnly());
  }

  /** An entry of the upper. */
  public record ComparedEntry(LayerDirectory directory, Name name, EntryStat stat) {}

  /**
   * Whether owner, mode and extended attributes are equal, and the time of what is no directory: a
   * directory's changes with what is in it.
   */
  public boolean sameAttributes(ComparedEntry upper, ShownEntry lower) throws IOException {
    EntryStat stat = upper.stat();
    EntryStat old = lower.stat();
    return stat.owner() == old.owner()
        && stat.group() == old.group()
        && stat.mode() == old.mode()
        && (stat.isDirectory() || stat.modified().equals(old.modified()))
        && sameXattrs(upper, lower)
        && !MappedOwners.isNobody(lower.directory(), lower.name());
  }

  private boolean sameXattrs(ComparedEntry upper, ShownEntry lower) throws IOException {
    List<String> all = upper.directory().xattrs(upper.name());
    List<String> own = ownXattrs(all);
    if (!own.equals(ownXattrs(lower.directory().xattrs(lower.name())))) {
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

  private List<String> ownXattrs(List<String> xattrs) {
    return xattrs.stream().filter(xattr -> !marks.isMark(xattr)).sorted().toList();
  }

  /**
   * An image such as erofs says of everything in it that it is immutable, and a view over it lets
   * it be changed.
   */
  private boolean sameProtection(ComparedEntry upper, List<String> xattrs, ShownEntry lower)
      throws IOException {
    ChattrProtection none = new ChattrProtection(false, false);
    ChattrProtection old = protectionOf(lower.stat());
    ChattrProtection protection =
        xattrs.contains(Mark.PROTATTR.xattr(marks))
            ? ChattrProtection.of(upper.directory(), upper.name(), marks)
            : none;
    return protection.equals(old.equals(everywhere.get(lower.layer())) ? none : old);
  }

  /**
   * Whether the data of two files, the targets of two links or the numbers of two devices are
   * equal.
   *
   * @param upper what is compared; a file that has its data
   * @param below where the other is shown, and where its data is looked for
   */
  public static boolean sameContent(ComparedEntry upper, MergedDirectory below, ShownEntry lower)
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

  private static boolean sameData(ComparedEntry upper, MergedDirectory below, Name name)
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
