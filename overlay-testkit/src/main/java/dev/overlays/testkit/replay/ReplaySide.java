package dev.overlays.testkit.replay;

import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** One of two things that show layers, to be held to each other by {@link Differential}. */
public interface ReplaySide {

  /** A view that is open. */
  interface OpenedView extends Closeable {

    /**
     * Returns where the view is seen. Its provider has the attribute view {@code unix}.
     *
     * @return the root of the view
     */
    Path root();

    /**
     * Closes the view, and leaves the layers.
     *
     * @throws IOException if it is in use, or cannot be closed for another reason
     */
    @Override
    void close() throws IOException;
  }

  /**
   * Returns a directory to make layers in. Two sides whose directories are of one provider also
   * open each other's layers.
   *
   * @return the directory
   */
  Path directory();

  /**
   * Returns what opens the layers themselves.
   *
   * @return the store
   */
  LayerStore store();

  /**
   * Opens a view.
   *
   * @param spec the layers and options, without a mount point
   * @return the view, to be closed
   * @throws IOException if it cannot be opened
   */
  OpenedView open(OverlaySpec spec) throws IOException;

  /**
   * Returns what this side need not have as a kernel has it.
   *
   * @return nothing, if not overridden
   */
  default Set<KnownDifference> knownDifferences() {
    return Set.of();
  }
}
