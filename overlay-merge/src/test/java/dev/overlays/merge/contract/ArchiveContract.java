package dev.overlays.merge.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of layers that are exported as archives and imported again, over random layers of
 * many seeds. Extend it for a layer store of your own. It needs commons-compress and zstd-jni.
 */
public abstract class ArchiveContract extends SeededContract {

  private static final List<OciCompression> COMPRESSIONS = List.of(OciCompression.values());

  /** For those who extend it. */
  protected ArchiveContract() {}

  /**
   * Layers of a view that are exported and imported one by one show the same afterwards, and
   * exporting them again gives the same bytes.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> importedLayersShowTheSameView() {
    return forSeeds(
        (layers, seed) -> {
          removeSockets(layers.spec());
          List<Path> all = new ArrayList<>(List.of(layers.upperPath()));
          all.addAll(layers.spec().lowers());
          Path root = newRoot();
          List<Path> arrived = new ArrayList<>();
          for (OciLayer layer : allLayers(layers.spec())) {
            Path to = root.resolve("layer" + arrived.size());
            assertTravels(layer, to, seed);
            arrived.add(to);
          }
          assertEquals(shownLines(all, layers.isPlain()), shownLines(arrived, layers.isPlain()));
        });
  }

  /**
   * An import that fails at any operation leaves nothing behind.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> failedImportLeavesNothing() {
    return forSeeds(
        (layers, seed) -> {
          removeSockets(layers.spec());
          byte[] archive = exportLayer(OciLayer.of(layers.spec()), OciCompression.NONE, seed);
          Random random = new Random(seed);
          Path root = newRoot();
          FaultyLayerStore counting = new FaultyLayerStore(layerStore());
          importInto(root.resolve("whole"), counting).run(new ByteArrayInputStream(archive));
          int most = (int) counting.changeCount();
          for (int i = 0; i < 3; i++) {
            int number = 1 + random.nextInt(most);
            FaultyLayerStore failing = new FaultyLayerStore(layerStore()).failAt(number);
            OciImport last =
                importInto(root.resolve("failed"), failing).workers(workersOf(seed + i));
            OverlayException e =
                assertThrows(
                    OverlayException.class, () -> last.run(new ByteArrayInputStream(archive)));
            assertTrue(e.has(ProblemCode.ARCHIVE_NOT_UNPACKED), e.toString());
            failing.assertAllClosed();
            assertEquals(List.of("whole"), entryNames(root), "after operation " + number);
          }
        });
  }

  private static List<OciLayer> allLayers(OverlaySpec spec) {
    List<OciLayer> layers = new ArrayList<>(List.of(OciLayer.of(spec)));
    spec.lowers().forEach(lower -> layers.add(OciLayer.of(spec, lower)));
    return layers;
  }

  public final void assertTravels(OciLayer layer, Path to, long seed) throws IOException {
    byte[] archive = exportLayer(layer, OciCompression.NONE, seed);
    OciCompression compression = COMPRESSIONS.get((int) (seed % 3));
    byte[] packed = exportLayer(layer, compression, seed + 1);
    FaultyLayerStore store = new FaultyLayerStore(layerStore());
    OciImportReport report =
        importInto(to, store).workers(workersOf(seed)).run(new ByteArrayInputStream(packed));
    store.assertAllClosed();
    assertEquals(compression, report.blob().compression());
    assertEquals(archive.length, report.blob().diffSize());
    byte[] again = exportLayer(OciLayer.of(to, markNamespace()), OciCompression.NONE, seed + 2);
    assertArrayEquals(archive, again, () -> "other bytes from " + to);
  }

  private static int workersOf(long seed) {
    return 1 + (int) Math.floorMod(seed, 4L);
  }

  private byte[] exportLayer(OciLayer layer, OciCompression compression, long seed)
      throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(layerStore()).shuffleListings(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciBlob blob =
        layer.compression(compression).store(store).workers(workersOf(seed)).writeTo(out);
    store.assertAllClosed();
    assertEquals(0, store.changeCount(), "an export changes nothing");
    assertEquals(out.size(), blob.size());
    return out.toByteArray();
  }

  private OciImport importInto(Path target, LayerStore store) {
    return OciImport.to(target)
        .store(store)
        .marks(markNamespace())
        .devices(OciTreatment.TAKE)
        .setIds(OciTreatment.TAKE)
        .privilegedXattrs(OciTreatment.TAKE);
  }

  /**
   * Returns what layers show, without the attributes of chattr(1), and with hard links if asked
   * for.
   */
  public final List<String> shownLines(List<Path> layers, boolean hardLinks) throws IOException {
    LayerView view =
        LayerView.of(layerStore(), layers.get(0), layers.subList(1, layers.size()), markNamespace())
            .withDirectoryTimes();
    List<String> shown = (hardLinks ? view : view.withoutHardLinks()).manifest();
    return shown.stream().map(line -> line.replaceFirst(" flags=[ia]+", "")).toList();
  }

  public final void removeSockets(OverlaySpec spec) throws IOException {
    List<Path> layers = new ArrayList<>(List.of(spec.upper().orElseThrow()));
    layers.addAll(spec.lowers());
    for (Path layer : layers) {
      try (LayerDirectory root = layerStore().open(layer)) {
        removeSockets(root);
      }
    }
  }

  private static void removeSockets(LayerDirectory directory) throws IOException {
    List<Name> sockets = new ArrayList<>();
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      EntryType type = directory.stat(entry.name()).orElseThrow().type();
      if (type == EntryType.DIRECTORY) {
        try (LayerDirectory inner = directory.open(entry.name())) {
          removeSockets(inner);
        }
      } else if (type == EntryType.SOCKET) {
        sockets.add(entry.name());
      }
    }
    for (Name socket : sockets) {
      directory.remove(socket);
    }
  }

  private List<String> entryNames(Path root) throws IOException {
    List<String> names = new ArrayList<>();
    try (LayerDirectory directory = layerStore().open(root)) {
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        names.add(entry.name().toString());
      }
    }
    return names;
  }
}
