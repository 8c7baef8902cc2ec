package dev.overlays.testkit.layer;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directories that a view merges into one, top-most first. */
final class LayerStack implements Closeable {
  private final List<LayerDirectory> directories = new ArrayList<>();

  static LayerStack open(LayerStore store, List<Path> layers) throws IOException {
    LayerStack stack = new LayerStack();
    try {
      for (Path layer : layers) {
        stack.directories.add(store.open(layer));
      }
      return stack;
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  List<LayerDirectory> directories() {
    return directories;
  }

  void add(LayerDirectory parent, Name name) throws IOException {
    directories.add(parent.open(name));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (LayerDirectory directory : directories) {
      try {
        directory.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
