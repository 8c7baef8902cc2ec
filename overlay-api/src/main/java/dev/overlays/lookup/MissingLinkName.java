package dev.overlays.lookup;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A name that the upper lacks, although the view shows the upper's copy of its inode under it; or a
 * directory that contains such names at any depth.
 */
final class MissingLinkName {
  private final Map<Name, MissingLinkName> inside = new TreeMap<>(MissingLinkName::compareBytes);
  private Name entry;

  private static int compareBytes(Name one, Name other) {
    return ByteBuffer.wrap(one.toBytes()).compareTo(ByteBuffer.wrap(other.toBytes()));
  }

  /** Finds all such names. The root that is returned is empty if there are none. */
  static MissingLinkName findAll(LayerDirectory upper, LayerRoots lowers, UpperIndex index)
      throws IOException {
    MissingLinkName root = new MissingLinkName();
    Map<ByteBuffer, Name> hidden = index.entriesLackingNames();
    if (!hidden.isEmpty()) {
      LinkedNames.forEach(
          upper,
          lowers,
          (path, below, shown) -> {
            Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
            Name entry = handle.map(bytes -> hidden.get(ByteBuffer.wrap(bytes))).orElse(null);
            if (entry != null) {
              EntryStat stat = LayerEntries.requireStat(index.indexDirectory(), entry);
              if (stat.type() == shown.stat().type()) {
                root.addPath(path, entry);
              }
            }
          });
    }
    return root;
  }

  private void addPath(List<Name> path, Name newEntry) {
    MissingLinkName place = this;
    for (Name name : path) {
      place = place.inside.computeIfAbsent(name, unused -> new MissingLinkName());
    }
    place.entry = newEntry;
  }

  boolean isEmpty() {
    return inside.isEmpty();
  }

  Iterable<Name> innerNames() {
    return inside.keySet();
  }

  /** Returns what is under a name in this directory; null if nothing. */
  MissingLinkName innerName(Name name) {
    return inside.get(name);
  }

  /** Returns the entry of the index with the same inode; null for a directory. */
  Name indexEntry() {
    return entry;
  }
}
