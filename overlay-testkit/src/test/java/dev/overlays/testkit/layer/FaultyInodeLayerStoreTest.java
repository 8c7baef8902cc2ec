package dev.overlays.testkit.layer;

import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.nio.file.FileSystem;

/** The view of inodes passes through a wrapped file system. */
class FaultyInodeLayerStoreTest extends JimfsLayerStoreTest {
  @Override
  FileSystem newFileSystem() {
    return FaultyFileSystem.over(InMemoryFileSystems.create());
  }
}
