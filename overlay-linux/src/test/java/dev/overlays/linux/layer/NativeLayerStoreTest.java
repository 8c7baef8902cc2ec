package dev.overlays.linux.layer;

import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerStoreContract;
import java.io.IOException;
import java.nio.file.Path;

class NativeLayerStoreTest extends LayerStoreContract {
  private Sandbox sandbox;
  private int roots;

  @Override
  protected LayerStore testedStore() {
    return new NativeLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    if (sandbox == null) {
      sandbox = Sandbox.asRoot();
      sandbox.mountDisk("layers");
    }
    return sandbox.createDirectory("layers/" + roots++);
  }

  @Override
  protected void removeRoot() throws IOException {
    sandbox.close();
  }
}
