package dev.overlays.merge.run;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.List;
import org.apache.commons.io.function.IOConsumer;

/** Opens directories by paths of several names. */
public final class DirectoryOpening {
  private DirectoryOpening() {}

  /** Opens the directory at a path of at least one name. */
  public static LayerDirectory openPath(LayerDirectory root, List<Name> path) throws IOException {
    LayerDirectory directory = root.open(path.get(0));
    for (Name name : path.subList(1, path.size())) {
      try (LayerDirectory outer = directory) {
        directory = outer.open(name);
      }
    }
    return directory;
  }

  /** Runs an action in the directory at a path. An empty path is the root. */
  public static void runInDirectory(
      LayerDirectory root, List<Name> path, IOConsumer<LayerDirectory> action) throws IOException {
    if (path.isEmpty()) {
      action.accept(root);
    } else {
      try (LayerDirectory directory = openPath(root, path)) {
        action.accept(directory);
      }
    }
  }
}
