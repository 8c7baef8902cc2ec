package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.hiding.PrivatePaths;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RandomLayersTest {
  private static final int SEEDS = 200;

  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());

  /** The layers of one seed, in a file system of their own. */
  private record LayerPair(
      FileSystem fileSystem, Path lower, Path upper, List<String> privatePaths) {}

  private LayerPair fillPair(RandomLayers layers) throws IOException {
    FileSystem memory = JimfsLayerStoreTest.newJimfs("basic", "posix", "unix", "user");
    Path lower = Files.createDirectory(memory.getPath("/lower"));
    Path upper = Files.createDirectory(memory.getPath("/upper"));
    List<String> privatePaths = layers.fillLayers(store, lower, upper);
    store.assertAllClosed();
    return new LayerPair(memory, lower, upper, privatePaths);
  }

  private static RandomLayers layersOf(long seed) {
    return RandomLayers.of(seed, MarkNamespace.USER).withNodes().withOwners();
  }

  @Test
  void everyFeatureOccurs() throws IOException {
    Set<String> found = new TreeSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      LayerPair pair = fillPair(layersOf(seed));
      LayerCensus.countFeatures(store, pair.lower(), pair.upper(), found);
      for (String path : pair.privatePaths()) {
        boolean inLower = Files.exists(pair.lower().resolve(path), LinkOption.NOFOLLOW_LINKS);
        boolean inUpper = Files.exists(pair.upper().resolve(path), LinkOption.NOFOLLOW_LINKS);
        found.add("private path: lower " + inLower + ", upper " + inUpper);
      }
      pair.fileSystem().close();
    }
    Set<String> missing = LayerCensus.expectedFeatures();
    missing.removeAll(found);
    assertEquals(Set.of(), missing);
  }

  @Test
  void everyFormatOccurs() throws IOException {
    Set<String> found = new TreeSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      FileSystem memory = JimfsLayerStoreTest.newJimfs("basic", "posix", "unix", "user");
      for (String layer : List.of("upper", "middle", "lower")) {
        Files.createDirectory(memory.getPath("/" + layer));
      }
      layersOf(seed)
          .withEveryFormat()
          .fillLayers(
              store,
              List.of(memory.getPath("/middle"), memory.getPath("/lower")),
              memory.getPath("/upper"));
      for (String layer : List.of("upper", "middle", "lower")) {
        try (LayerDirectory root = store.open(memory.getPath("/" + layer))) {
          FormatCensus.countFormats(layer, root, found);
        }
      }
      store.assertAllClosed();
      memory.close();
    }
    Set<String> missing = FormatCensus.expectedFormats();
    missing.removeAll(found);
    assertEquals(Set.of(), missing);
  }

  @Test
  void everyMetacopyHasData() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      LayerPair pair = fillPair(layersOf(seed).withEveryFormat().withXattrWhiteoutsInUpper());
      LayerView view = LayerView.of(store, pair.upper(), List.of(pair.lower()), MarkNamespace.USER);
      for (String line : view.manifest()) {
        assertFalse(line.contains("data=missing"), line);
      }
      pair.fileSystem().close();
    }
  }

  @Test
  void seedDecidesEverything() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      assertEquals(renderLayers(layersOf(seed)), renderLayers(layersOf(seed)));
      assertNotEquals(renderLayers(layersOf(seed)), renderLayers(layersOf(seed + 1)));
      RandomLayers formats = layersOf(seed).withEveryFormat();
      assertEquals(renderLayers(formats), renderLayers(formats));
    }
  }

  private String renderLayers(RandomLayers layers) throws IOException {
    LayerPair pair = fillPair(layers);
    StringBuilder text = new StringBuilder(pair.privatePaths().toString());
    for (Path layer : List.of(pair.lower(), pair.upper())) {
      // With the other namespace, the marks of these layers are shown.
      LayerView view = LayerView.ofSingleLayer(store, layer, MarkNamespace.TRUSTED);
      // The time of a whiteout is that of its creation, which differs.
      view.withDirectoryTimes().manifest().stream()
          .map(line -> line.replaceAll("(device=0:0) mtime=.*", "$1"))
          .forEach(text::append);
    }
    pair.fileSystem().close();
    return text.toString();
  }

  @Test
  void plainLayersHaveNoNodesAndNoOwners() throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      LayerPair pair = fillPair(RandomLayers.of(seed, MarkNamespace.USER));
      LayerView view = LayerView.of(store, pair.upper(), List.of(pair.lower()), MarkNamespace.USER);
      for (String line : view.manifest()) {
        assertTrue(line.contains(" 0:0"), line);
        assertFalse(line.contains(EntryType.SOCKET + " 0"), line);
        assertFalse(line.contains("_DEVICE 0"), line);
      }
      pair.fileSystem().close();
    }
  }

  @Test
  void privatePathsCanBeHidden() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      LayerPair pair = fillPair(layersOf(seed));
      Path work = Files.createDirectory(pair.fileSystem().getPath("/overlay-work"));
      OverlaySpec.Builder spec =
          OverlaySpec.builder()
              .lower(pair.lower())
              .upper(pair.upper())
              .work(work)
              .options(options -> options.withUserXattr(true));
      pair.privatePaths().forEach(spec::privatePath);
      PrivatePaths.hide(spec.build(), store);
      store.assertAllClosed();
      pair.fileSystem().close();
    }
  }
}
