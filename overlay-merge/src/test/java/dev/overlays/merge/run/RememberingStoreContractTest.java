package dev.overlays.merge.run;

import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerStoreContract;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;

/** A store that remembers hands on every call, and forgets what is changed through it. */
class RememberingStoreContractTest extends LayerStoreContract {
  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final LayerStore store = RememberingStore.withNewMemory().apply(new PortableLayerStore());
  private int roots;

  @Override
  protected LayerStore testedStore() {
    return store;
  }

  @Override
  protected Path newRoot() throws IOException {
    return Files.createDirectory(fileSystem.getPath("/root" + roots++));
  }

  @Override
  protected boolean linksSymlinks() {
    return false;
  }
}
