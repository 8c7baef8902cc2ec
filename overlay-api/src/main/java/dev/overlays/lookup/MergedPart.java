package dev.overlays.lookup;

import dev.overlays.layer.LayerDirectory;
import java.io.Closeable;
import java.io.IOException;

/** One of the directories that are merged into one, and the number of its layer. */
record MergedPart(int layer, LayerDirectory directory) implements Closeable {
  @Override
  public void close() throws IOException {
    directory.close();
  }
}
