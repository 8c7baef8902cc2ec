package dev.overlays.testkit.replay;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** Takes entries out of a layer, by their paths as manifests have them. */
final class LeftOut {
  private LeftOut() {}

  /** Removes what is at a path, if there is something; without names, all that is in the layer. */
  static void of(LayerDirectory directory, List<String> names) throws IOException {
    if (names.isEmpty()) {
      LayerEntries.removeAll(directory);
      return;
    }
    Name name = name(names.get(0));
    if (names.size() == 1) {
      LayerEntries.removeTree(directory, name);
    } else if (directory.stat(name).isPresent()) {
      try (LayerDirectory inner = directory.open(name)) {
        of(inner, names.subList(1, names.size()));
      }
    }
  }

  /** Reads visible ASCII, and {@code \xHH} for all else. */
  private static Name name(String escaped) {
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
