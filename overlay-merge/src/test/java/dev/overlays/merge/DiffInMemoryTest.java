package dev.overlays.merge;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.DiffContract;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;

class DiffInMemoryTest extends DiffContract {
  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  @Override
  protected LayerStore layerStore() {
    return new PortableLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    return Files.createDirectory(fileSystem.getPath("/root" + roots++));
  }

  @Override
  protected MarkNamespace markNamespace() {
    return MarkNamespace.TRUSTED;
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 200);
  }
}
