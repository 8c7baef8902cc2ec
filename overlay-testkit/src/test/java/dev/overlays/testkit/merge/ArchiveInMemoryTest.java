package dev.overlays.testkit.merge;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** Layers travel from memory to memory. */
class ArchiveInMemoryTest extends ArchiveContract {
  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private int roots;

  @AfterEach
  void closeFileSystem() throws IOException {
    fileSystem.close();
  }

  @Override
  protected LayerStore store() {
    return new PortableLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    return Files.createDirectory(fileSystem.getPath("/" + roots++));
  }

  @Override
  protected MarkNamespace marks() {
    return MarkNamespace.USER;
  }

  @Override
  protected int seeds() {
    return Integer.getInteger("overlays.seeds", 20);
  }
}
