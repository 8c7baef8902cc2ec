package dev.overlays.merge.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PathHandlesTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
  private final List<TreePlace> places = new ArrayList<>(List.of(TreePlace.ROOT));
  private LayerDirectory root;

  PathHandlesTest() throws IOException {}

  @BeforeEach
  void openRoot() throws IOException {
    layers.addDirectory("upper/a/b/c/d").addDirectory("upper/a/x/c").addDirectory("upper/y/b");
    places.addAll(layers.placesIn("upper"));
    root = store.open(layers.pathOf("upper"));
  }

  @AfterEach
  void closeRoot() throws IOException {
    root.close();
    store.assertAllClosed();
  }

  @Test
  void everyPlaceIsOpenedThroughItsOwnPathAndNothingElseStaysOpen() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (PathHandles handles = new PathHandles(root)) {
      for (int i = 0; i < 500; i++) {
        TreePlace place = places.get(random.nextInt(places.size()));
        LayerDirectory opened = handles.openPlace(place);
        assertEquals("/root/upper" + place.pathFromRoot(), opened.toString(), "seed " + seed);
        assertEquals(1 + place.depth(), store.openHandles(), "seed " + seed);
      }
    }
    assertEquals(1, store.openHandles(), "the root is the caller's");
  }

  @Test
  void neighbourNeedsOneOpening() throws IOException {
    layers.addDirectory("upper/a/b/c/e");
    TreePlace c = places.stream().filter(p -> p.toString().equals("a/b/c")).findAny().orElseThrow();
    try (PathHandles handles = new PathHandles(root)) {
      handles.openPlace(c.resolveChild(Name.of("d")));
      store.faults().startRecording();
      handles.openPlace(c.resolveChild(Name.of("e")));
      assertEquals(1, store.faults().recordedOperations().size());
      handles.openPlace(c);
      assertEquals(1, store.faults().recordedOperations().size(), "it is open already");
    }
  }

  @Test
  void failureKeepsWhatLeadsThere() throws IOException {
    TreePlace none = places.get(1).resolveChild(Name.of("none"));
    try (PathHandles handles = new PathHandles(root)) {
      assertThrows(NoSuchFileException.class, () -> handles.openPlace(none));
      assertTrue(store.openHandles() <= 3);
      handles.openPlace(places.get(1));
    }
  }
}
