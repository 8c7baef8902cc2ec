package dev.overlays.lookup;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The open roots of some layers, top-most first, in which paths from the root are searched. */
public final class LayerRoots implements Closeable {
  private final MarkNamespace marks;
  private final List<LayerDirectory> namedRoots = new ArrayList<>();
  private final List<LayerDirectory> dataOnlyRoots = new ArrayList<>();

  private LayerRoots(MarkNamespace marks) {
    this.marks = marks;
  }

  /**
   * Opens layers.
   *
   * @param store what opens them
   * @param layers the layers that show names, top-most first
   * @param dataLayers the data-only layers, which hold data of metacopy files, top-most first
   * @param marks where marks are kept
   * @return the roots, to be closed
   * @throws IOException if one cannot be opened
   */
  public static LayerRoots openRoots(
      LayerStore store, List<Path> layers, List<Path> dataLayers, MarkNamespace marks)
      throws IOException {
    LayerRoots roots = new LayerRoots(marks);
    try {
      for (Path layer : layers) {
        roots.namedRoots.add(store.open(layer));
      }
      for (Path layer : dataLayers) {
        roots.dataOnlyRoots.add(store.open(layer));
      }
      return roots;
    } catch (IOException | RuntimeException e) {
      HandleGroup.closeAfter(roots, e);
      throw e;
    }
  }

  /**
   * Returns the directory that the roots are merged into.
   *
   * @return a directory that needs no closing
   */
  public MergedDirectory mergedRoot() {
    return MergedDirectory.mergeRoots(this, 0);
  }

  /**
   * Returns the directory that the roots but the first are merged into.
   *
   * @return a directory that needs no closing
   */
  public MergedDirectory mergedBelowFirst() {
    return MergedDirectory.mergeRoots(this, 1);
  }

  /**
   * Returns the root of the top-most layer.
   *
   * @return an open directory that belongs to this
   */
  public LayerDirectory firstRoot() {
    return namedRoots.get(0);
  }

  /**
   * Returns the namespace of the marks.
   *
   * @return the namespace
   */
  public MarkNamespace markNamespace() {
    return marks;
  }

  /** Tells whether there is a layer with this or a higher number. */
  boolean hasLayers(int number) {
    return number < namedRoots.size() + dataOnlyRoots.size();
  }

  List<LayerDirectory> namedRoots() {
    return namedRoots;
  }

  List<LayerDirectory> dataOnlyRoots() {
    return dataOnlyRoots;
  }

  @Override
  public void close() throws IOException {
    HandleGroup.closeAll(namedRoots, dataOnlyRoots);
  }
}
