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
 * Removes a directory that belongs to this process with everything in it, whatever the permissions
 * are: the kernel creates a directory in the work directory that only root can open.
 */
final class OwnTreeRemoval {
  private static final int OWNER_ONLY = 0700;

  private OwnTreeRemoval() {}

  static void removeTree(LayerStore store, Path parent, Name name) throws IOException {
    try (LayerDirectory directory = store.open(parent)) {
      if (isDirectoryOrRemoved(directory, name)) {
        TreeWalk.run(new DirectoryStep(directory, name));
      }
    }
  }

  /** Tells whether an entry is a directory, and removes it if it is anything else. */
  private static boolean isDirectoryOrRemoved(LayerDirectory directory, Name name)
      throws IOException {
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

  /** Removes the content of a directory, and then the directory. */
  private static final class DirectoryStep implements TreeWalk.WalkStep {
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
    public TreeWalk.WalkStep nextStep() throws IOException {
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
          if (isDirectoryOrRemoved(directory, entry.name())) {
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
