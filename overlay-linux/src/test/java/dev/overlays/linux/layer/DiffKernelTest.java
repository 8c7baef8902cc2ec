package dev.overlays.linux.layer;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.contract.DiffContract;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** The diff against what the kernel shows. */
class DiffKernelTest extends DiffContract {
  @AutoClose private Sandbox sandbox;
  private int roots;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("layers");
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
  protected List<String> shownLines(OverlaySpec spec) throws IOException {
    Path mountPoint = spec.upper().orElseThrow().resolveSibling("mnts");
    Files.createDirectories(mountPoint);
    try (OverlayMount mount = Overlays.mount(mounted(spec, mountPoint))) {
      return LayerView.ofMounted(layerStore(), mount.root()).withoutHardLinks().manifest();
    }
  }

  private static OverlaySpec mounted(OverlaySpec spec, Path mountPoint) {
    return spec.toBuilder()
        .mountPoint(mountPoint)
        .options(options -> options.withRedirectDir(RedirectDir.ON).withMetacopy(true))
        .build();
  }

  /** The kernel understands whiteouts in the form of attributes in lowers only. */
  @Override
  protected RandomLayers randomLayers(long seed) {
    RandomLayers random = RandomLayers.of(seed, markNamespace()).withNodes().withOwners();
    return seed % 2 == 0 ? random : random.withEveryFormat();
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 40);
  }
}
