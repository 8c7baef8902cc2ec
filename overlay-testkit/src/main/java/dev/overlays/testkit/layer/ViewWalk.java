package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Walks everything that a view shows, and visits each name of a merged directory once. */
final class ViewWalk {
  private final MarkReading marks;
  private final LayerStack roots;
  private final ViewManifest manifest;

  ViewWalk(MarkReading marks, LayerStack roots, ViewManifest manifest) {
    this.marks = marks;
    this.roots = roots;
    this.manifest = manifest;
  }

  void walk() throws IOException {
    manifest.add(".", List.of(FoundEntry.self(0, roots.parts().get(0).directory())), false);
    TreeWalk.run(new DirectoryStep(roots, "", null));
  }

  /** Walks one directory. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerStack stack;
    private final String prefix;
    private final LayerLookup found;
    private final Set<Name> seen = new HashSet<>();
    private EntryCursor names = () -> null;
    private int next;

    /**
     * Takes over the directories and the lookup that found them; for the roots, which the caller
     * closes, the lookup is null.
     */
    DirectoryStep(LayerStack stack, String prefix, LayerLookup found) {
      this.stack = stack;
      this.prefix = prefix;
      this.found = found;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      while (true) {
        LayerEntry entry = names.next();
        if (entry == null) {
          if (next == stack.parts().size()) {
            return null;
          }
          names = stack.parts().get(next).directory().entries();
          next++;
        } else if (seen.add(entry.name())) {
          TreeWalk.Step inner = entry(entry.name());
          if (inner != null) {
            return inner;
          }
        }
      }
    }

    /** Adds what the view shows of a name that no layer above has. */
    private TreeWalk.Step entry(Name name) throws IOException {
      LayerLookup lookup = new LayerLookup(marks, name);
      try {
        lookup.in(stack, next - 1, roots);
        List<FoundEntry> entries = lookup.entries();
        String path = prefix + EscapedBytes.bytes(name.toBytes());
        if (!entries.isEmpty()) {
          manifest.add(path, entries, lookup.isDataMissing());
          if (entries.get(0).stat().isDirectory()) {
            return new DirectoryStep(lookup.open(), path + "/", lookup);
          }
        }
      } catch (IOException | RuntimeException | Error e) {
        try (lookup) {
          throw e;
        }
      }
      lookup.close();
      return null;
    }

    @Override
    public void close() throws IOException {
      if (found != null) {
        try (found;
            stack) {
          // Closes both, even if one of them throws.
        }
      }
    }
  }
}
