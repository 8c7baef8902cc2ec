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
  private final List<StackedDirectory> stackedDirectories = new ArrayList<>();

  /** One of the directories, and the number of its layer from the top. */
  record StackedDirectory(int layer, LayerDirectory directory) {}

  /**
   * Opens layers. In a view, a layer that fuse-overlayfs has written is read in that program's
   * form.
   */
  static LayerStack openLayers(LayerStore store, List<Path> layers, MarkInterpretation reading)
      throws IOException {
    LayerStack stack = new LayerStack();
    try {
      for (Path layer : layers) {
        LayerDirectory root = store.open(layer);
        stack.addDirectory(stack.stackedDirectories.size(), root);
        if (reading.honoursMarks() && FuseForm.isMarked(root, reading.namespace())) {
          StackedDirectory last =
              stack.stackedDirectories.remove(stack.stackedDirectories.size() - 1);
          stack.addDirectory(last.layer(), FuseForm.showConverted(root, reading.namespace()));
        }
      }
      return stack;
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  List<StackedDirectory> stackedDirectories() {
    return stackedDirectories;
  }

  /** Adds an open directory, which is closed with this. */
  void addDirectory(int layer, LayerDirectory directory) {
    stackedDirectories.add(new StackedDirectory(layer, directory));
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (StackedDirectory part : stackedDirectories) {
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
