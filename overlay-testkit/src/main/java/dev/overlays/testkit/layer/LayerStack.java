package dev.overlays.testkit.layer;

import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directories of several layers that a view merges into one, top-most first. */
final class LayerStack implements Closeable {
  private final List<StackPart> parts = new ArrayList<>();

  /** One of the directories, and the number of its layer from the top. */
  record StackPart(int layer, LayerDirectory directory) {}

  /**
   * Opens layers. In a view, a layer that fuse-overlayfs has written is read in that program's
   * form.
   */
  static LayerStack open(LayerStore store, List<Path> layers, MarkReading reading)
      throws IOException {
    LayerStack stack = new LayerStack();
    try {
      for (Path layer : layers) {
        LayerDirectory root = store.open(layer);
        stack.add(stack.parts.size(), root);
        if (reading.honoured() && FuseForm.isMarked(root, reading.marks())) {
          StackPart last = stack.parts.remove(stack.parts.size() - 1);
          stack.add(last.layer(), FuseForm.reading(root, reading.marks()));
        }
      }
      return stack;
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  List<StackPart> parts() {
    return parts;
  }

  /** Adds an open directory, which is closed with this. */
  void add(int layer, LayerDirectory directory) {
    parts.add(new StackPart(layer, directory));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (StackPart part : parts) {
      try {
        part.directory().close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
