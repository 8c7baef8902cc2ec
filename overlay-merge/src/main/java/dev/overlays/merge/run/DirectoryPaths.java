package dev.overlays.merge.run;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.List;

/** Opens directories by more than one name. */
public final class DirectoryPaths {
  private DirectoryPaths() {}

  /** What is done in an open directory. */
  @FunctionalInterface
  public interface DirectoryAction {
    void run(LayerDirectory directory) throws IOException;
  }

  /** Opens what a path of at least one name leads to. */
  public static LayerDirectory open(LayerDirectory root, List<Name> path) throws IOException {
    LayerDirectory directory = root.open(path.get(0));
    for (Name name : path.subList(1, path.size())) {
      try (LayerDirectory outer = directory) {
        directory = outer.open(name);
      }
    }
    return directory;
  }

  /** Does something in the directory of a path, which may be the root itself. */
  public static void openDirectory(LayerDirectory root, List<Name> path, DirectoryAction action)
      throws IOException {
    if (path.isEmpty()) {
      action.run(root);
    } else {
      try (LayerDirectory directory = open(root, path)) {
        action.run(directory);
      }
    }
  }
}
