package dev.overlays.testkit.replay;

import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/**
 * Merges an upper into its lower. {@code overlay-merge} provides one; this kit does not depend on
 * it.
 */
@FunctionalInterface
public interface LayerMerge {

  /**
   * Merges the upper of a spec into its lower.
   *
   * @param spec the layers; they are not mounted
   * @param store the store that opens the layers
   * @throws IOException if the layers cannot be merged
   */
  void merge(OverlaySpec spec, LayerStore store) throws IOException;
}
