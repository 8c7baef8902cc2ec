package dev.overlays.testkit.layer;

import java.nio.file.FileSystem;

/** On a file system that has neither permissions nor link counts. */
class PlainJimfsLayerStoreTest extends JimfsLayerStoreTest {
  @Override
  FileSystem newFileSystem() {
    return newJimfs("basic", "user");
  }

  @Override
  protected boolean countsLinks() {
    return false;
  }
}
