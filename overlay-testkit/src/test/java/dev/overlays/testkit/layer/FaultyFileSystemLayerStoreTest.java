package dev.overlays.testkit.layer;

import dev.overlays.testkit.fault.FaultyFileSystem;
import java.nio.file.FileSystem;

/** A wrapped file system does everything that a layer store needs. */
class FaultyFileSystemLayerStoreTest extends JimfsLayerStoreTest {
  @Override
  FileSystem newFileSystem() {
    return FaultyFileSystem.over(super.newFileSystem());
  }
}
