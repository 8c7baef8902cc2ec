package dev.overlays.merge.oci;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.merge.lookup.MergedDirectory.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One directory in the order of an archive: by the bytes of names, and whiteouts first, as the OCI
 * specification recommends. Only the directories that lead to the present place are in memory.
 */
record LayerListing(List<Name> whiteouts, List<Shown> entries) {
  private static final Comparator<Name> BY_BYTES =
      (one, two) -> Arrays.compareUnsigned(one.toBytes(), two.toBytes());

  static LayerListing of(LayerDirectory directory, MarkNamespace marks) throws IOException {
    List<Name> whiteouts = new ArrayList<>();
    List<Shown> entries = new ArrayList<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      EntryStat stat = LayerEntries.present(directory, entry.name());
      if (LayerEntries.isWhiteout(directory, entry.name(), stat, marks)) {
        whiteouts.add(entry.name());
      } else {
        entries.add(new Shown(0, directory, entry.name(), stat));
      }
    }
    whiteouts.sort(BY_BYTES);
    return new LayerListing(whiteouts, sorted(entries));
  }

  /** What a directory of the view shows. */
  static List<Shown> shown(MergedDirectory merged) throws IOException {
    List<Shown> entries = new ArrayList<>();
    merged.forEach(entries::add);
    return sorted(entries);
  }

  private static List<Shown> sorted(List<Shown> entries) {
    entries.sort(Comparator.comparing(Shown::name, BY_BYTES));
    return entries;
  }
}
