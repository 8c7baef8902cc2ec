package dev.overlays.lookup;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The open roots of some layers, top-most first: where a path from the root is looked for. */
public final class LayerRoots implements Closeable {
  private final MarkNamespace marks;
  private final List<LayerDirectory> named = new ArrayList<>();
  private final List<LayerDirectory> dataOnly = new ArrayList<>();

  private LayerRoots(MarkNamespace marks) {
    this.marks = marks;
  }

  /**
   * Opens layers.
   *
   * @param store what opens them
   * @param layers those that show names, top-most first
   * @param dataLayers those that only give data to metacopy files, top-most first
   * @param marks where marks are kept
   * @return the roots, to be closed
   * @throws IOException if one cannot be opened
   */
  public static LayerRoots open(
      LayerStore store, List<Path> layers, List<Path> dataLayers, MarkNamespace marks)
      throws IOException {
    LayerRoots roots = new LayerRoots(marks);
    try {
      for (Path layer : layers) {
        roots.named.add(store.open(layer));
      }
      for (Path layer : dataLayers) {
        roots.dataOnly.add(store.open(layer));
      }
      return roots;
    } catch (IOException | RuntimeException e) {
      HandleGroup.close(roots, e);
      throw e;
    }
  }

  /**
   * Returns the directory that the roots are merged into.
   *
   * @return a directory that needs no closing
   */
  public MergedDirectory root() {
    return MergedDirectory.roots(this, 0);
  }

  /**
   * Returns the directory that the roots but the first are merged into.
   *
   * @return a directory that needs no closing
   */
  public MergedDirectory belowFirst() {
    return MergedDirectory.roots(this, 1);
  }

  /**
   * Returns the root of the top-most layer.
   *
   * @return an open directory that belongs to this
   */
  public LayerDirectory first() {
    return named.get(0);
  }

  /**
   * Tells where marks are kept.
   *
   * @return the namespace
   */
  public MarkNamespace marks() {
    return marks;
  }

  /** Whether there is a layer of that number. */
  boolean hasLayers(int number) {
    return number < named.size() + dataOnly.size();
  }

  List<LayerDirectory> named() {
    return named;
  }

  List<LayerDirectory> dataOnly() {
    return dataOnly;
  }

  @Override
  public void close() throws IOException {
    HandleGroup.closeAll(named, dataOnly);
  }
}
