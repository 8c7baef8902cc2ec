package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Goes through what a view shows. Each name is that of the top-most layer that has it; directories
 * are merged down to the first layer that has something else there, or is opaque. Source: the
 * kernel's Documentation/filesystems/overlayfs.rst.
 */
final class ViewWalk {
  private final MarkNamespace marks;
  private final boolean merged;
  private final Manifest manifest;

  ViewWalk(MarkNamespace marks, boolean merged, Manifest manifest) {
    this.marks = marks;
    this.merged = merged;
    this.manifest = manifest;
  }

  void walk(LayerStack root) throws IOException {
    LayerDirectory top = root.directories().get(0);
    manifest.add(".", top, Name.SELF, LayerEntries.present(top, Name.SELF));
    children(root, "");
  }

  private void children(LayerStack stack, String prefix) throws IOException {
    Set<Name> seen = new HashSet<>();
    for (int i = 0; i < stack.directories().size(); i++) {
      EntryCursor entries = stack.directories().get(i).entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        if (seen.add(entry.name())) {
          entry(stack.directories(), i, entry.name(), prefix);
        }
      }
    }
  }

  private void entry(List<LayerDirectory> layers, int top, Name name, String prefix)
      throws IOException {
    LayerDirectory directory = layers.get(top);
    EntryStat stat = LayerEntries.present(directory, name);
    if (isWhiteout(directory, name, stat)) {
      return;
    }
    String path = prefix + Escaped.bytes(name.toBytes());
    manifest.add(path, directory, name, stat);
    if (stat.isDirectory()) {
      try (LayerStack inner = new LayerStack()) {
        merge(layers, top, name, inner);
        children(inner, path + "/");
      }
    }
  }

  private void merge(List<LayerDirectory> layers, int top, Name name, LayerStack inner)
      throws IOException {
    inner.add(layers.get(top), name);
    int above = top;
    for (int i = top + 1; i < layers.size(); i++) {
      LayerDirectory layer = layers.get(i);
      Optional<EntryStat> stat = layer.stat(name);
      if (stat.isPresent()) {
        // A whiteout is no directory either.
        if (!stat.get().isDirectory() || LayerEntries.isOpaque(layers.get(above), name, marks)) {
          return;
        }
        inner.add(layer, name);
        above = i;
      }
    }
  }

  private boolean isWhiteout(LayerDirectory directory, Name name, EntryStat stat)
      throws IOException {
    return merged && LayerEntries.isWhiteout(directory, name, stat, marks);
  }
}
