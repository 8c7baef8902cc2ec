package dev.overlays.testkit.layer;

import dev.overlays.testkit.fault.FaultyFileSystem;
import java.nio.file.FileSystem;

/**
 * A file system that is wrapped does everything that a layer store needs, as the other one does.
 */
class FaultyFileSystemLayerStoreTest extends JimfsLayerStoreTest {
  @Override
  FileSystem newFileSystem() {
    return FaultyFileSystem.over(super.newFileSystem());
  }
}
