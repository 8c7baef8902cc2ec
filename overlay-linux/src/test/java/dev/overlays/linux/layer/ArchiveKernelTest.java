package dev.overlays.linux.layer;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.contract.ArchiveContract;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** Layers travel from disk to disk, with everything that a disk has. */
class ArchiveKernelTest extends ArchiveContract {
  @AutoClose private Sandbox sandbox;
  private int roots;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("layers");
  }

  @Override
  protected LayerStore layerStore() {
    return new NativeLayerStore();
  }

  @Override
  protected Path newRoot() throws IOException {
    return sandbox.createDirectory("layers/" + roots++);
  }

  @Override
  protected MarkNamespace markNamespace() {
    return MarkNamespace.TRUSTED;
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 20);
  }
}
