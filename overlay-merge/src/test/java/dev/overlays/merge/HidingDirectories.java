package dev.overlays.merge;

import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Finds the directories of an upper with marks that hide those of the lowers. */
final class HidingDirectories {
  private HidingDirectories() {}

  /** Returns the paths as in a manifest, prefixed with {@code opaque} or {@code redirect}. */
  static Set<String> of(LayerStore store, Path upper) throws IOException {
    Set<String> found = new HashSet<>();
    String opaque = " " + Mark.OPAQUE.xattr(MarkNamespace.TRUSTED) + "=79";
    String redirect = " " + Mark.REDIRECT.xattr(MarkNamespace.TRUSTED) + "=";
    for (String line : LayerView.ofSingleLayer(store, upper, MarkNamespace.USER).manifest()) {
      String path = line.substring(0, line.indexOf(' '));
      if (line.contains(" DIRECTORY ") && line.contains(opaque)) {
        found.add("opaque " + path);
      } else if (line.contains(" DIRECTORY ") && line.contains(redirect)) {
        found.add("redirect " + path);
      }
    }
    return found;
  }
}
