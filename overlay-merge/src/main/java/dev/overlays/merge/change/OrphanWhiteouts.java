package dev.overlays.merge.change;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.TypedCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whiteouts in a directory of the lower with no directory below it. The kernel leaves them out when
 * it lists a merged directory. Where that directory alone is shown, it lists them, and a lookup of
 * the name fails. Source: the kernel's fs/overlayfs/inode.c, {@code ovl_get_inode}, which sets
 * {@code OVL_WHITEOUTS}, and readdir.c, {@code in_xwhiteouts_dir}.
 */
public final class OrphanWhiteouts {
  private OrphanWhiteouts() {}

  /**
   * Removes the whiteouts of a directory while the merged directory of the upper still hides them.
   */
  public static void removeFrom(LayerChanges changes, LayerDirectory lower, MarkNamespace marks)
      throws IOException {
    for (Name name : listOrphans(lower, marks)) {
      changes.removeEntry(lower, name);
    }
  }

  /** Whether such names would be listed if the upper's directory were gone. */
  public static boolean wouldBeListed(MergedDirectory below, MarkNamespace marks)
      throws IOException {
    List<LayerDirectory> directories = below.mergedDirectories();
    return directories.size() == 1 && !listOrphans(directories.get(0), marks).isEmpty();
  }

  private static List<Name> listOrphans(LayerDirectory directory, MarkNamespace marks)
      throws IOException {
    boolean marked =
        directory
            .xattr(Name.SELF, Mark.OPAQUE.xattr(marks))
            .filter(value -> value.length == 1 && value[0] == 'x')
            .isPresent();
    List<Name> names = new ArrayList<>();
    TypedCursor cursor = new TypedCursor(directory);
    while (cursor.nextEntry()) {
      boolean maybe =
          cursor.entryType() == EntryType.CHARACTER_DEVICE
              || (marked && cursor.entryType() == EntryType.FILE);
      if (maybe
          && LayerEntries.isWhiteout(
              directory,
              cursor.entryName(),
              LayerEntries.requireStat(directory, cursor.entryName()),
              marks)) {
        names.add(cursor.entryName());
      }
    }
    return names;
  }
}
