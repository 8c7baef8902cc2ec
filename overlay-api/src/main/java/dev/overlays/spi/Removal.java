package dev.overlays.spi;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Removes a directory of this process's own with all that is in it, whatever its permissions say:
 * the kernel makes one in the work directory that only root can look into.
 */
final class Removal {
  private static final int OWNER_ONLY = 0700;

  private Removal() {}

  static void of(LayerStore store, Path parent, Name name) throws IOException {
    try (LayerDirectory directory = store.open(parent)) {
      remove(directory, name);
    }
  }

  private static void remove(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty()) {
      return;
    }
    if (!stat.get().isDirectory()) {
      directory.remove(name);
      return;
    }
    if ((stat.get().mode() & OWNER_ONLY) != OWNER_ONLY) {
      directory.setMode(name, OWNER_ONLY);
    }
    try (LayerDirectory inner = directory.open(name)) {
      boolean found = true;
      while (found) {
        found = false;
        EntryCursor entries = inner.entries();
        for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
          remove(inner, entry.name());
          found = true;
        }
      }
    }
    directory.removeDirectory(name);
  }
}
