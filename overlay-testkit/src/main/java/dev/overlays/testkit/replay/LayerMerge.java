package dev.overlays.testkit.replay;

import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import java.io.IOException;

/** Folds an upper into its lower. {@code overlay-merge} does, on which this kit does not depend. */
@FunctionalInterface
public interface LayerMerge {

  /**
   * Merges.
   *
   * @param spec the layers; they are not mounted
   * @param store what opens them
   * @throws IOException if they cannot be merged
   */
  void merge(OverlaySpec spec, LayerStore store) throws IOException;
}
