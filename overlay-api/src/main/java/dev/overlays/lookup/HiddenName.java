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
 * A name that the upper does not have, although the view shows what the upper has of its inode; or
 * a directory that such names are in, here or further down.
 */
final class HiddenName {
  private final Map<Name, HiddenName> inside = new TreeMap<>(HiddenName::compare);
  private Name entry;

  private static int compare(Name one, Name other) {
    return ByteBuffer.wrap(one.toBytes()).compareTo(ByteBuffer.wrap(other.toBytes()));
  }

  /** Looks for all of them; there is nothing inside the root if there are none. */
  static HiddenName find(LayerDirectory upper, LayerRoots lowers, UpperIndex index)
      throws IOException {
    HiddenName root = new HiddenName();
    Map<ByteBuffer, Name> hidden = index.hidden();
    if (!hidden.isEmpty()) {
      LinkedNames.forEach(
          upper,
          lowers,
          (path, below, shown) -> {
            Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
            Name entry = handle.map(bytes -> hidden.get(ByteBuffer.wrap(bytes))).orElse(null);
            if (entry != null) {
              EntryStat stat = LayerEntries.present(index.directory(), entry);
              if (stat.type() == shown.stat().type()) {
                root.add(path, entry);
              }
            }
          });
    }
    return root;
  }

  private void add(List<Name> path, Name newEntry) {
    HiddenName place = this;
    for (Name name : path) {
      place = place.inside.computeIfAbsent(name, unused -> new HiddenName());
    }
    place.entry = newEntry;
  }

  boolean isEmpty() {
    return inside.isEmpty();
  }

  Iterable<Name> names() {
    return inside.keySet();
  }

  /** The one of a name in this directory; null if there is none. */
  HiddenName in(Name name) {
    return inside.get(name);
  }

  /** The entry of the index that is the same inode; null for a directory. */
  Name entry() {
    return entry;
  }
}
