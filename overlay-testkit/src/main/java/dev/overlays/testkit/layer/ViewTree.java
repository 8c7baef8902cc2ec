package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads what some layers show as a tree that can be changed. */
final class ViewTree {
  private final MarkReading marks;
  private final LayerStack roots;

  private ViewTree(MarkReading marks, LayerStack roots) {
    this.marks = marks;
    this.roots = roots;
  }

  static ViewNode read(LayerStore store, List<Path> layers, MarkNamespace marks)
      throws IOException {
    MarkReading reading = new MarkReading(marks, true, true, false);
    try (LayerStack roots = LayerStack.open(store, layers, reading)) {
      ViewNode root = ViewNode.below(EntryType.DIRECTORY, List.of(), 0);
      new ViewTree(reading, roots).read(roots, root);
      root.changed = true;
      return root;
    }
  }

  private void read(LayerStack stack, ViewNode directory) throws IOException {
    Set<Name> names = new TreeSet<>(ViewNode.BY_BYTES);
    for (LayerStack.StackPart part : stack.parts()) {
      EntryCursor entries = part.directory().entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        names.add(entry.name());
      }
    }
    for (Name name : names) {
      try (LayerLookup lookup = new LayerLookup(marks, name)) {
        lookup.in(stack, 0, roots);
        if (!lookup.entries().isEmpty()) {
          add(directory, name, lookup);
        }
      }
    }
  }

  private void add(ViewNode directory, Name name, LayerLookup lookup) throws IOException {
    EntryStat stat = lookup.entries().get(0).stat();
    List<Name> path = RandomPaths.in(directory.origin, name);
    ViewNode node = ViewNode.below(stat.type(), path, stat.size());
    directory.children.put(name, node);
    directory.below.add(name);
    if (node.isDirectory()) {
      node.parent = directory;
      try (LayerStack inner = lookup.open()) {
        read(inner, node);
      }
    }
  }
}
