package dev.overlays.merge.run;

import dev.overlays.OverlayException;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;

/** Makes sure that the layers of a run are still claimed: a file server may have given them up. */
@FunctionalInterface
public interface ClaimCheck {
  /** For a run that has claimed nothing. */
  ClaimCheck NONE = () -> {};

  void requireClaimed() throws OverlayException;

  /** Asks the store that a claim is of. */
  static ClaimCheck of(LayerStore store, Closeable claim) {
    return () -> store.requireClaimed(claim);
  }
}
