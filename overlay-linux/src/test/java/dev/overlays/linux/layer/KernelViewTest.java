package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the test kit takes for the view, and what a merge makes of it, against the kernel. */
class KernelViewTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 40);

  private final LayerStore store = new NativeLayerStore();

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs"})
  void theKernelShowsTheSameBeforeAndAfterTheMerge(String fileSystem) throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path disk =
          fileSystem.equals("tmpfs")
              ? sandbox.mountDisk("disk")
              : sandbox.mountImage("disk", fileSystem, 320);
      for (int seed = 0; seed < SEEDS; seed++) {
        Path root = disk.resolve("seed" + seed);
        for (String name : List.of("lower", "upper", "work", "mnts")) {
          sandbox.createDirectory(sandbox.root().relativize(root.resolve(name)).toString());
        }
        OverlaySpec spec =
            OverlaySpec.builder().lower(root.resolve("lower")).instance(root).build();
        RandomLayers.of(seed, MarkNamespace.TRUSTED)
            .withNodes()
            .withOwners()
            .fillLayers(store, root.resolve("lower"), root.resolve("upper"));
        check(spec, "seed " + seed + " on " + fileSystem, seed);
      }
    }
  }

  private void check(OverlaySpec spec, String what, int seed) throws IOException {
    Path lower = spec.lowers().get(0);
    Path upper = spec.upper().orElseThrow();
    List<String> before;
    List<String> written;
    try (OverlayMount mount = Overlays.mount(spec)) {
      before = shown(mount);
      assertEquals(
          LayerView.of(store, upper, List.of(lower), MarkNamespace.TRUSTED)
              .withDirectoryTimes()
              .manifest(),
          before,
          what);
      RandomWork.in(mount.root(), seed);
      written = shown(mount);
    }
    OverlayMerge.of(spec).run();
    assertEquals(
        written,
        LayerView.ofSingleLayer(store, lower, MarkNamespace.TRUSTED)
            .withDirectoryTimes()
            .manifest(),
        what);
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(written, shown(mount), what);
    }
  }

  private List<String> shown(OverlayMount mount) throws IOException {
    return LayerView.ofSingleLayer(store, mount.root(), MarkNamespace.TRUSTED)
        .withDirectoryTimes()
        .manifest();
  }
}
