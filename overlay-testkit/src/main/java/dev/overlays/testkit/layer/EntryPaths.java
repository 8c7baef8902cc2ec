package dev.overlays.testkit.layer;

import dev.overlays.layer.Name;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The paths of the entries of a directory. To make a path takes jimfs longer than to look it up, so
 * those of the names that were used last are remembered; nothing is remembered of the entries.
 */
final class EntryPaths {
  private static final int MOST = 128;

  private final Path directory;
  private final Map<Name, Path> lastUsed =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, Path> eldest) {
          return size() > MOST;
        }
      };

  EntryPaths(Path directory) {
    this.directory = directory;
  }

  synchronized Path pathOf(Name name) {
    return lastUsed.computeIfAbsent(name, this::makePath);
  }

  private Path makePath(Name name) {
    return directory.resolve(ProviderPaths.pathOf(directory.getFileSystem(), name.toBytes()));
  }

  /** Remembers the path of an entry that was listed. */
  synchronized void addPath(Name name, Path path) {
    lastUsed.put(name, path);
  }
}
