package dev.overlays.merge.run;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/** Opens the directories of a path one after the other. Only the current one is open. */
public final class DescendingDirectory implements Closeable {
  private final LayerDirectory start;
  private LayerDirectory directory;

  /** Does not close the first directory. */
  public DescendingDirectory(LayerDirectory start) {
    this.start = start;
    directory = start;
  }

  public LayerDirectory currentDirectory() {
    return directory;
  }

  /** Opens a child of the current directory and closes the current one. */
  public void descendTo(Name name) throws IOException {
    LayerDirectory outer = directory;
    directory = outer.open(name);
    if (outer != start) {
      outer.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (directory != start) {
      directory.close();
    }
  }
}
