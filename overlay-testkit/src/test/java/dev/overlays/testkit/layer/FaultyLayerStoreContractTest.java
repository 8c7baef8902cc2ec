package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.spi.LayerStore;
import org.junit.jupiter.api.AfterEach;

/** A faulty store without faults keeps the contract, even with shuffled listings. */
class FaultyLayerStoreContractTest extends JimfsLayerStoreTest {
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore()).shuffled(1);

  @Override
  protected LayerStore store() {
    return store;
  }

  // The contract closes its root after this.
  @AfterEach
  void onlyTheRootIsOpen() {
    assertEquals(1, store.openHandles());
  }
}
