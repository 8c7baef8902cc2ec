package dev.overlays.merge.change;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenLayersTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);

  OpenLayersTest() throws IOException {}

  @Test
  void directoryBesideAnUpperIsItsWorkDirectory() throws IOException {
    try (OpenLayers open = OpenLayers.open(LayerJob.of(layers.spec()), store)) {
      assertEquals("/root/work", open.beside().toString());
      assertEquals("/root/lower", open.firstLower().toString());
    }
    Files.delete(layers.pathOf("work"));
    try (OpenLayers open = OpenLayers.open(LayerJob.of(layers.spec()), store)) {
      assertNull(open.work(), "a mount would create it again");
      assertEquals("/root", open.beside().toString());
    }
    store.assertAllClosed();
  }

  @Test
  void missingLayerIsThrown() {
    OverlaySpec spec = layers.specBuilder().lower(layers.pathOf("none")).build();
    assertThrows(NoSuchFileException.class, () -> OpenLayers.open(LayerJob.of(spec), store));
    store.assertAllClosed();
  }

  /** Opening any of the layers fails. */
  @Test
  void layersThatCannotAllBeOpenedAreAllClosed() throws IOException {
    OverlaySpec spec = layers.spec();
    for (LayerJob job : List.of(LayerJob.of(spec), LayerJob.ofLower(spec, 0))) {
      int opened = 0;
      boolean failed = true;
      while (failed) {
        int at = opened++;
        FaultyLayerStore faulty = new FaultyLayerStore(HandMadeLayers.STORE);
        faulty.faults().failAt(FileOperation.OPEN, at + 1L, FaultKind.NO_ACCESS);
        try {
          OpenLayers.open(job, faulty).close();
          failed = false;
        } catch (IOException e) {
          assertEquals(0, faulty.openHandles(), "after a failure at opening " + (at + 1));
        }
        faulty.assertAllClosed();
      }
      assertTrue(opened > 3, "several layers were opened");
    }
  }
}
