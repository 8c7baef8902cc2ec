package dev.overlays.merge;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.MergeContract;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

class InMemoryMergeTest extends MergeContract {
  private final FileSystem fileSystem = newFileSystem();
  private final FileSystem other = newFileSystem();
  private int roots;

  private static FileSystem newFileSystem() {
    return InMemoryFileSystems.create();
  }

  @Override
  protected Optional<Path> newRootElsewhere() throws IOException {
    return Optional.of(Files.createDirectory(other.getPath("/root" + roots++)));
  }

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
  protected RandomLayers randomLayers(long seed) {
    return super.randomLayers(seed).withNodes().withOwners();
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 40);
  }
}
