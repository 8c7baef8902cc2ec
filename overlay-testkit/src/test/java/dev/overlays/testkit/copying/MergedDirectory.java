package dev.overlays.testkit.copying;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The directories of several layers that are merged into one, top-most first. */
final class MergedDirectory implements Closeable {
  private final List<LayerDirectory> parts = new ArrayList<>();

  /** An entry that is shown: that of the top-most layer which has the name. */
  record ShownEntry(LayerDirectory directory, EntryStat stat) {}

  static MergedDirectory openLayers(LayerStore store, List<Path> layers) throws IOException {
    MergedDirectory merged = new MergedDirectory();
    try {
      for (Path layer : layers) {
        merged.parts.add(store.open(layer));
      }
      return merged;
    } catch (IOException e) {
      merged.close();
      throw e;
    }
  }

  /** Wraps a single directory, which is closed with this. */
  static MergedDirectory of(LayerDirectory directory) {
    MergedDirectory merged = new MergedDirectory();
    merged.parts.add(directory);
    return merged;
  }

  LayerDirectory topDirectory() {
    return parts.get(0);
  }

  static Set<Name> listNames(LayerDirectory directory) throws IOException {
    Set<Name> names = new LinkedHashSet<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    return names;
  }

  /** Returns the names that are shown. */
  Set<Name> shownNames() throws IOException {
    Set<Name> shown = new LinkedHashSet<>();
    for (LayerDirectory part : parts) {
      for (Name name : listNames(part)) {
        if (findShown(name).isPresent()) {
          shown.add(name);
        }
      }
    }
    return shown;
  }

  Optional<ShownEntry> findShown(Name name) throws IOException {
    for (LayerDirectory part : parts) {
      Optional<EntryStat> stat = part.stat(name);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(part, name, stat.get(), CopyBackend.MARKS)
            ? Optional.empty()
            : Optional.of(new ShownEntry(part, stat.get()));
      }
    }
    return Optional.empty();
  }

  /** Opens the directories under a name that are merged. */
  MergedDirectory openMerged(Name name) throws IOException {
    MergedDirectory inner = new MergedDirectory();
    try {
      for (LayerDirectory part : parts) {
        Optional<EntryStat> stat = part.stat(name);
        if (stat.isEmpty()) {
          continue;
        }
        if (!stat.get().isDirectory()) {
          break;
        }
        inner.parts.add(part.open(name));
        if (LayerEntries.isOpaque(part, name, CopyBackend.MARKS)) {
          break;
        }
      }
      return inner;
    } catch (IOException e) {
      inner.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (LayerDirectory part : parts) {
      part.close();
    }
  }
}
