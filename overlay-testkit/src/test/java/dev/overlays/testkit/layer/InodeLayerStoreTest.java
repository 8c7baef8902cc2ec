package dev.overlays.testkit.layer;

import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.nio.file.FileSystem;

/** On a file system that gives all attributes of an entry at once. */
class InodeLayerStoreTest extends JimfsLayerStoreTest {
  @Override
  FileSystem newFileSystem() {
    return InMemoryFileSystems.create();
  }
}
