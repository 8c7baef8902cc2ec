package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.ArchiveContract;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Exports layers and imports them again, in memory. */
class ArchiveInMemoryTest extends ArchiveContract {
  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }

  @Override
  protected LayerStore layerStore() {
    return new PortableLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    return Files.createDirectory(fileSystem.getPath("/" + roots++));
  }

  @Override
  protected MarkNamespace markNamespace() {
    return MarkNamespace.TRUSTED;
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 20);
  }

  /** Layers that fuse-overlayfs has written are exported from its form. */
  @TestFactory
  List<DynamicTest> showsTheSameFromTheFormOfFuseOverlayfs() {
    return forSeeds(
        (layers, seed) -> {
          removeSockets(layers.spec());
          List<String> before =
              shownLines(layerStack(layers.upperPath(), layers), layers.isPlain());
          FuseFormDisguise.disguiseUpper(layerStore(), layers.upperPath(), markNamespace(), seed);
          Path arrived = newRoot().resolve("arrived");
          assertTravels(OciLayer.of(layers.spec()), arrived, seed);
          assertEquals(before, shownLines(layerStack(arrived, layers), layers.isPlain()));
        });
  }

  private static List<Path> layerStack(Path top, MergeCase layers) {
    List<Path> stack = new ArrayList<>(List.of(top));
    stack.addAll(layers.spec().lowers());
    return stack;
  }
}
