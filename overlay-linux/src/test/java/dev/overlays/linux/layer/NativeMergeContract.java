package dev.overlays.linux.layer;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.contract.MergeContract;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** The merge over real files, on a file system of its own. */
abstract class NativeMergeContract extends MergeContract {
  @AutoClose private Sandbox sandbox;
  private int roots;
  private boolean elsewhere;

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
  protected final Optional<Path> newRootElsewhere() throws IOException {
    if (!elsewhere) {
      sandbox.mountDisk("elsewhere");
      elsewhere = true;
    }
    return Optional.of(sandbox.createDirectory("elsewhere/" + roots++));
  }

  @Override
  protected final MarkNamespace markNamespace() {
    return MarkNamespace.TRUSTED;
  }

  @Override
  protected final RandomLayers randomLayers(long seed) {
    return super.randomLayers(seed).withNodes().withOwners();
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 8);
  }
}
