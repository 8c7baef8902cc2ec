package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.spi.LayerStore;
import org.junit.jupiter.api.AfterEach;

/** A faulty store without faults keeps the contract, even with shuffled listings. */
class FaultyLayerStoreContractTest extends JimfsLayerStoreTest {
  private final FaultyLayerStore store =
      new FaultyLayerStore(new PortableLayerStore()).shuffleListings(1);

  @Override
  protected LayerStore testedStore() {
    return store;
  }

  // The contract closes its root after this.
  @AfterEach
  void leavesOnlyTheRootOpen() {
    assertEquals(1, store.openHandles());
  }
}
