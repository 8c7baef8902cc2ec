package dev.overlays.testkit.replay;

import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** One of two implementations that show layers, which {@link DifferentialChecker} compares. */
public interface ComparedSide {

  /** An open view. */
  interface OpenedView extends Closeable {

    /**
     * Returns the root of the view. Its provider supports the attribute view {@code unix}.
     *
     * @return the root of the view
     */
    Path root();

    /**
     * Closes the view. The layers stay.
     *
     * @throws IOException if it is in use, or cannot be closed for another reason
     */
    @Override
    void close() throws IOException;
  }

  /**
   * Returns the directory for layers. If the directories of two sides have the same file system,
   * each side also opens the layers of the other.
   *
   * @return the directory
   */
  Path directory();

  /**
   * Returns the store that opens the layers.
   *
   * @return the store
   */
  LayerStore store();

  /**
   * Opens a view.
   *
   * @param spec the layers and options, without a mount point
   * @return the view, to be closed
   * @throws IOException if the view cannot be opened
   */
  OpenedView open(OverlaySpec spec) throws IOException;

  /**
   * Returns the differences to a kernel's view that this side may have.
   *
   * @return the differences; none by default
   */
  default Set<KnownDifference> knownDifferences() {
    return Set.of();
  }
}
