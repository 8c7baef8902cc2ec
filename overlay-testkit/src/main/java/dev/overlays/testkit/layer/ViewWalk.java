package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Goes through what a view shows: each name that one of the merged directories has, once. */
final class ViewWalk {
  private final MarkReading marks;
  private final LayerStack roots;
  private final Manifest manifest;

  ViewWalk(MarkReading marks, LayerStack roots, Manifest manifest) {
    this.marks = marks;
    this.roots = roots;
    this.manifest = manifest;
  }

  void walk() throws IOException {
    manifest.add(".", List.of(Found.self(0, roots.parts().get(0).directory())), false);
    children(roots, "");
  }

  private void children(LayerStack stack, String prefix) throws IOException {
    Set<Name> seen = new HashSet<>();
    for (int i = 0; i < stack.parts().size(); i++) {
      EntryCursor names = stack.parts().get(i).directory().entries();
      for (LayerEntry entry = names.next(); entry != null; entry = names.next()) {
        if (seen.add(entry.name())) {
          entry(stack, i, entry.name(), prefix);
        }
      }
    }
  }

  /** What is shown of a name that no part above the first one has. */
  private void entry(LayerStack stack, int first, Name name, String prefix) throws IOException {
    try (Lookup lookup = new Lookup(marks, name)) {
      lookup.in(stack, first, roots);
      List<Found> entries = lookup.entries();
      if (entries.isEmpty()) {
        return;
      }
      String path = prefix + Escaped.bytes(name.toBytes());
      manifest.add(path, entries, lookup.isDataMissing());
      if (entries.get(0).stat().isDirectory()) {
        try (LayerStack inner = lookup.open()) {
          children(inner, path + "/");
        }
      }
    }
  }
}
