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
  private final MarkInterpretation marks;
  private final LayerStack roots;
  private final ViewManifest manifest;

  ViewWalk(MarkInterpretation marks, LayerStack roots, ViewManifest manifest) {
    this.marks = marks;
    this.roots = roots;
    this.manifest = manifest;
  }

  void walkView() throws IOException {
    manifest.addEntry(
        ".",
        List.of(FoundEntry.ofDirectory(0, roots.stackedDirectories().get(0).directory())),
        false);
    TreeWalk.run(new DirectoryStep(roots, "", null));
  }

  /** Walks one directory. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerStack stack;
    private final String prefix;
    private final LayerLookup ownLookup;
    private final Set<Name> seen = new HashSet<>();
    private EntryCursor names = () -> null;
    private int nextDirectory;

    /**
     * Takes over the directories and the lookup that found them; for the roots, which the caller
     * closes, the lookup is null.
     */
    DirectoryStep(LayerStack stack, String prefix, LayerLookup found) {
      this.stack = stack;
      this.prefix = prefix;
      this.ownLookup = found;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      while (true) {
        LayerEntry entry = names.next();
        if (entry == null) {
          if (nextDirectory == stack.stackedDirectories().size()) {
            return null;
          }
          names = stack.stackedDirectories().get(nextDirectory).directory().entries();
          nextDirectory++;
        } else if (seen.add(entry.name())) {
          TreeWalk.WalkStep inner = showEntry(entry.name());
          if (inner != null) {
            return inner;
          }
        }
      }
    }

    /** Adds what the view shows of a name that no layer above has. */
    private TreeWalk.WalkStep showEntry(Name name) throws IOException {
      LayerLookup lookup = new LayerLookup(marks, name);
      try {
        lookup.searchLayers(stack, nextDirectory - 1, roots);
        List<FoundEntry> entries = lookup.foundEntries();
        String path = prefix + EscapedBytes.escapeBytes(name.toBytes());
        if (!entries.isEmpty()) {
          manifest.addEntry(path, entries, lookup.isDataMissing());
          if (entries.get(0).stat().isDirectory()) {
            return new DirectoryStep(lookup.openDirectories(), path + "/", lookup);
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
      if (ownLookup != null) {
        try (ownLookup;
            stack) {
          // Closes both, even if one of them throws.
        }
      }
    }
  }
}
