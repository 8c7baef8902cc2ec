package dev.overlays.linux.layer;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.contract.VacuumContract;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** The vacuum over real files, on a file system of its own. */
abstract class NativeVacuumContract extends VacuumContract {
  @AutoClose private Sandbox sandbox;
  private int roots;

  /** Mounts the file system. */
  abstract void mount(Sandbox target, String relative) throws IOException;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    mount(sandbox, "layers");
  }

  @Override
  protected final LayerStore layerStore() {
    return new NativeLayerStore();
  }

  @Override
  protected final Path newRoot() throws IOException {
    return sandbox.createDirectory("layers/" + roots++);
  }

  @Override
  protected final MarkNamespace markNamespace() {
    return MarkNamespace.TRUSTED;
  }

  @Override
  protected final int seedCount() {
    return Integer.getInteger("overlays.seeds", 20);
  }
}
