package dev.overlays.merge.run;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/** A directory that goes down a path: of all that lead to it only the present one is open. */
public final class DescendingDirectory implements Closeable {
  private final LayerDirectory start;
  private LayerDirectory directory;

  /** The first directory stays open. */
  public DescendingDirectory(LayerDirectory start) {
    this.start = start;
    directory = start;
  }

  public LayerDirectory openedDirectory() {
    return directory;
  }

  /** Goes on to a directory in this one. */
  public void open(Name name) throws IOException {
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
