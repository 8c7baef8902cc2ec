package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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

  @Test
  void exchangeSwapsTwoDirectoriesThatAreNotEmpty() throws IOException {
    Path root = newRoot();
    Files.createDirectories(root.resolve("a/of-a"));
    Files.createDirectories(root.resolve("b/of-b"));
    try (LayerDirectory directory = testedStore().open(root)) {
      directory.exchange(Name.of("a"), directory, Name.of("b"));
    }
    assertTrue(Files.exists(root.resolve("a/of-b")));
    assertTrue(Files.exists(root.resolve("b/of-a")));
  }

  @Override
  protected void removeRoot() throws IOException {
    sandbox.close();
  }
}
