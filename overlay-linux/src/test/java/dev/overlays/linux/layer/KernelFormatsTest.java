package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the test kit takes for the view of layers of every format, against the kernel. */
class KernelFormatsTest {
  private final LayerStore store = new NativeLayerStore();

  @ParameterizedTest
  @CsvSource({"tmpfs, 60", "ext4, 20", "xfs, 20"})
  void theKernelShowsTheSame(String fileSystem, int seeds) throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path disk =
          fileSystem.equals("tmpfs")
              ? sandbox.mountDisk("disk")
              : sandbox.mountImage("disk", fileSystem, 320);
      for (int seed = 0; seed < Integer.getInteger("overlays.seeds", seeds); seed++) {
        check(sandbox, sandbox.root().relativize(disk).resolve("seed" + seed), seed);
      }
    }
  }

  @Test
  void protectionOfALowerShows() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.mountDisk("disk");
      OverlaySpec.Builder builder =
          OverlaySpec.builder()
              .lower(sandbox.createDirectory("disk/lower/d").getParent())
              .upper(sandbox.createDirectory("disk/upper"))
              .work(sandbox.createDirectory("disk/work"))
              .mountPoint(sandbox.createDirectory("disk/mnts"));
      sandbox.createFile("disk/lower/f", "f");
      try (LayerDirectory lower = store.open(sandbox.path("disk/lower"))) {
        for (String name : List.of("f", "d")) {
          lower.setProtection(Name.of(name), name.equals("f"), name.equals("d"));
        }
        assertShown(builder.build(), "protected in the lower");
        for (String name : List.of("f", "d")) {
          lower.setProtection(Name.of(name), false, false);
        }
      }
    }
  }

  private void check(Sandbox sandbox, Path root, long seed) throws IOException {
    List<Path> lowers = new ArrayList<>();
    for (int i = 0; i <= seed % 3; i++) {
      lowers.add(sandbox.createDirectory(root.resolve("lower" + i).toString()));
    }
    OverlaySpec.Builder builder =
        OverlaySpec.builder()
            .upper(sandbox.createDirectory(root.resolve("upper").toString()))
            .work(sandbox.createDirectory(root.resolve("work").toString()))
            .mountPoint(sandbox.createDirectory(root.resolve("mnts").toString()))
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
    lowers.forEach(builder::lower);
    OverlaySpec spec = builder.build();
    RandomLayers.of(seed, MarkNamespace.TRUSTED)
        .withNodes()
        .withOwners()
        .withEveryFormat()
        .fillLayers(store, lowers, spec.upper().orElseThrow());
    assertShown(spec, root + " as made by the test kit");
    try (OverlayMount mount = Overlays.mount(spec)) {
      RandomMoves.in(store, mount.root(), seed, 30);
    }
    assertShown(spec, root + " as changed through the mount");
  }

  private void assertShown(OverlaySpec spec, String what) throws IOException {
    LayerView view =
        LayerView.of(store, spec.upper().orElseThrow(), spec.lowers(), MarkNamespace.TRUSTED);
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(
          String.join("\n", view.withDirectoryTimes().manifest()),
          String.join(
              "\n", LayerView.ofMounted(store, mount.root()).withDirectoryTimes().manifest()),
          what);
    }
  }
}
