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
 * Whiteouts in a directory of the lower that nothing is merged below. The kernel leaves them out of
 * the listing of a merged directory; it lists them, and cannot look them up, where that directory
 * alone is shown. Source: the kernel's fs/overlayfs/inode.c, {@code ovl_get_inode}, which sets
 * {@code OVL_WHITEOUTS}, and readdir.c, {@code in_xwhiteouts_dir}.
 */
public final class OrphanWhiteouts {
  private OrphanWhiteouts() {}

  /** Removes those of a directory while the upper's, which is merged with it, still hides them. */
  public static void removeOrphans(LayerChanges changes, LayerDirectory lower, MarkNamespace marks)
      throws IOException {
    for (Name name : findOrphans(lower, marks)) {
      changes.removeEntry(lower, name);
    }
  }

  /** Whether listings have such names when the upper's directory no longer shows. */
  public static boolean wouldShow(MergedDirectory below, MarkNamespace marks) throws IOException {
    List<LayerDirectory> directories = below.directories();
    return directories.size() == 1 && !findOrphans(directories.get(0), marks).isEmpty();
  }

  private static List<Name> findOrphans(LayerDirectory directory, MarkNamespace marks)
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
              LayerEntries.present(directory, cursor.entryName()),
              marks)) {
        names.add(cursor.entryName());
      }
    }
    return names;
  }
}
