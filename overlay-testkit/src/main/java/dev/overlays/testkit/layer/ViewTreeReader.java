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
final class ViewTreeReader {
  private final MarkInterpretation marks;
  private final LayerStack roots;

  private ViewTreeReader(MarkInterpretation marks, LayerStack roots) {
    this.marks = marks;
    this.roots = roots;
  }

  static ViewNode readLayers(LayerStore store, List<Path> layers, MarkNamespace marks)
      throws IOException {
    MarkInterpretation reading = new MarkInterpretation(marks, true, true, false);
    try (LayerStack roots = LayerStack.openLayers(store, layers, reading)) {
      ViewNode root = ViewNode.ofLowerEntry(EntryType.DIRECTORY, List.of(), 0);
      new ViewTreeReader(reading, roots).readDirectory(roots, root);
      root.isInUpper = true;
      return root;
    }
  }

  private void readDirectory(LayerStack stack, ViewNode directory) throws IOException {
    Set<Name> names = new TreeSet<>(ViewNode.BY_BYTES);
    for (LayerStack.StackedDirectory part : stack.stackedDirectories()) {
      EntryCursor entries = part.directory().entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        names.add(entry.name());
      }
    }
    for (Name name : names) {
      try (LayerLookup lookup = new LayerLookup(marks, name)) {
        lookup.searchLayers(stack, 0, roots);
        if (!lookup.foundEntries().isEmpty()) {
          addNode(directory, name, lookup);
        }
      }
    }
  }

  private void addNode(ViewNode directory, Name name, LayerLookup lookup) throws IOException {
    EntryStat stat = lookup.foundEntries().get(0).stat();
    List<Name> path = PrivatePathCandidates.appendName(directory.lowerPath, name);
    ViewNode node = ViewNode.ofLowerEntry(stat.type(), path, stat.size());
    directory.children.put(name, node);
    directory.lowerNames.add(name);
    if (node.isDirectory()) {
      node.parent = directory;
      try (LayerStack inner = lookup.openDirectories()) {
        readDirectory(inner, node);
      }
    }
  }
}
