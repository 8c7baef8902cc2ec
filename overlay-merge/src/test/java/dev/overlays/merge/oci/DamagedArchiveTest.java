package dev.overlays.merge.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged archives are either unpacked or refused, and a refused one leaves nothing. */
class DamagedArchiveTest {
  private static final int ROUNDS = 80;

  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());
  private final Path parent = fileSystem.getPath("/parent");

  @ParameterizedTest
  @EnumSource
  void damagedArchiveIsUnpackedOrRefused(OciCompression compression) throws IOException {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    byte[] archive = randomArchive(seed, compression);
    Files.createDirectory(parent);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = damageCopy(archive, random);
      try {
        OciImport.to(parent.resolve("layer"))
            .store(store)
            .marks(MarkNamespace.USER)
            .devices(OciTreatment.TAKE)
            .setIds(OciTreatment.TAKE)
            .privilegedXattrs(OciTreatment.TAKE)
            .run(new ByteArrayInputStream(damaged));
        removeLayer();
      } catch (OverlayException e) {
        assertTrue(e.problems().get(0).code().name().startsWith("ARCHIVE_"), "seed " + seed + e);
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
      store.assertAllClosed();
      try (Stream<Path> left = Files.list(parent)) {
        assertEquals(List.of(), left.toList(), "seed " + seed + " round " + round);
      }
    }
    assertTrue(refused > ROUNDS / 4, "seed " + seed + ": only " + refused + " were refused");
  }

  private void removeLayer() throws IOException {
    try (LayerDirectory directory = store.open(parent)) {
      LayerEntries.removeAll(directory);
    }
  }

  private byte[] randomArchive(long seed, OciCompression compression) throws IOException {
    Path lower = Files.createDirectory(fileSystem.getPath("/lower"));
    Path upper = Files.createDirectory(fileSystem.getPath("/upper"));
    RandomLayers.of(seed, MarkNamespace.USER).fillLayers(store, lower, upper);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciLayer.of(upper, MarkNamespace.USER).store(store).compression(compression).writeTo(out);
    return out.toByteArray();
  }

  private static byte[] damageCopy(byte[] archive, Random random) {
    byte[] damaged = archive.clone();
    int where = random.nextInt(archive.length);
    switch (random.nextInt(4)) {
      case 0 -> damaged = Arrays.copyOf(archive, where);
      case 1 -> {
        // Copies a block over another one, or exchanges them.
        int block = TarBuilder.BLOCK_SIZE;
        int from = where / block * block;
        int to = random.nextInt(archive.length) / block * block;
        int length = Math.min(block, archive.length - Math.max(from, to));
        System.arraycopy(archive, from, damaged, to, length);
        if (random.nextBoolean()) {
          System.arraycopy(archive, to, damaged, from, length);
        }
      }
      default -> {
        for (int i = 0; i <= random.nextInt(3); i++) {
          damaged[(where + i) % damaged.length] = (byte) random.nextInt(256);
        }
      }
    }
    return damaged;
  }
}
