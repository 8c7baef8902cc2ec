package dev.overlays.testkit.layer;

import dev.overlays.spi.LayerStore;

/** A store that is told of no fault keeps every promise of the one that it wraps. */
class FaultyStoreContractTest extends JimfsLayerStoreTest {
  @Override
  protected LayerStore store() {
    return new FaultyLayerStore(super.store());
  }
}
