package dev.overlays.merge.oci;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The directories that an archive has no entry for, only whiteouts in them. Such a one has nothing
 * of its own: it goes when the same archive deletes what is below. Only some are kept in memory;
 * others become empty directories then.
 */
final class SignsOnly {
  private static final int MOST = 10_000;

  private final Set<List<Name>> directories = new HashSet<>();

  /** Those of a path that were not there have been made for a whiteout. */
  void made(List<Name> path, int there) {
    for (int i = there + 1; i <= path.size() && directories.size() < MOST; i++) {
      directories.add(List.copyOf(path.subList(0, i)));
    }
  }

  /** The archive has an entry for a directory. */
  void named(List<Name> path) {
    if (!directories.isEmpty()) {
      directories.remove(path);
    }
  }

  /** Whether a directory is one, and everything in it is one or a whiteout. */
  boolean isOne(LayerDirectory parent, List<Name> path) throws IOException {
    if (!directories.contains(path)) {
      return false;
    }
    try (LayerDirectory directory = parent.open(path.get(path.size() - 1))) {
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryStat stat = LayerEntries.present(directory, entry.name());
        List<Name> inner = new ArrayList<>(path);
        inner.add(entry.name());
        if (!stat.isWhiteoutDevice() && !(stat.isDirectory() && isOne(directory, inner))) {
          return false;
        }
      }
    }
    return true;
  }
}
