package dev.overlays.testkit.replay;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** Removes entries from a layer, by their paths in manifests. */
final class EntryOmission {
  private EntryOmission() {}

  /** Removes the entry at a path if it exists; without names, everything in the layer. */
  static void omitEntry(LayerDirectory directory, List<String> names) throws IOException {
    if (names.isEmpty()) {
      LayerEntries.removeAll(directory);
      return;
    }
    Name name = unescapeName(names.get(0));
    if (names.size() == 1) {
      LayerEntries.removeTree(directory, name);
    } else if (directory.stat(name).isPresent()) {
      try (LayerDirectory inner = directory.open(name)) {
        omitEntry(inner, names.subList(1, names.size()));
      }
    }
  }

  /** Parses a name in which {@code \xHH} stands for each byte that is not visible ASCII. */
  private static Name unescapeName(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.charAt(i) == '\\') {
        bytes.write(Integer.parseInt(escaped.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.write(escaped.charAt(i));
      }
    }
    return Name.of(bytes.toByteArray());
  }
}
