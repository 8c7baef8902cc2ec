package dev.overlays.instance;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Removes a directory of this process's own with all that is in it, whatever its permissions say:
 * the kernel makes one in the work directory that only root can look into.
 */
final class OwnTreeRemoval {
  private static final int OWNER_ONLY = 0700;

  private OwnTreeRemoval() {}

  static void of(LayerStore store, Path parent, Name name) throws IOException {
    try (LayerDirectory directory = store.open(parent)) {
      if (isDirectory(directory, name)) {
        TreeWalk.run(new DirectoryStep(directory, name));
      }
    }
  }

  /** Tells whether there is a directory; anything else is removed. */
  private static boolean isDirectory(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty()) {
      return false;
    }
    if (!stat.get().isDirectory()) {
      directory.remove(name);
      return false;
    }
    if ((stat.get().mode() & OWNER_ONLY) != OWNER_ONLY) {
      directory.setMode(name, OWNER_ONLY);
    }
    return true;
  }

  /** Removes what is in a directory, and then the directory. */
  private static final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory parent;
    private final Name name;
    private LayerDirectory directory;
    private EntryCursor entries;
    private boolean found = true;

    DirectoryStep(LayerDirectory parent, Name name) {
      this.parent = parent;
      this.name = name;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      if (directory == null) {
        directory = parent.open(name);
      }
      while (entries != null || found) {
        if (entries == null) {
          entries = directory.entries();
          found = false;
        }
        for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
          found = true;
          if (isDirectory(directory, entry.name())) {
            return new DirectoryStep(directory, entry.name());
          }
        }
        entries = null;
      }
      parent.removeDirectory(name);
      return null;
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }
}
