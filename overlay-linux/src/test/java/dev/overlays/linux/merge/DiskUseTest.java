package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.DiskUse;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The disk use of layers, compared with du(1). */
class DiskUseTest {
  private static final int SEEDS = 5;
  private static final long HOLE = 5_000_000_000L;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void countsAsDuDoes(String fileSystem) throws IOException {
    Path disk = sandbox.mountImage("disk", fileSystem, 320);
    long first = new Random().nextInt();
    for (long seed = first; seed < first + SEEDS; seed++) {
      Path lower = Files.createDirectory(disk.resolve("lower" + seed));
      Path upper = Files.createDirectory(disk.resolve("upper" + seed));
      RandomLayers.of(seed, MarkNamespace.TRUSTED)
          .withNodes()
          .withOwners()
          .withEveryFormat()
          .fillLayers(LayerStore.of(lower), lower, upper);
      for (Path layer : new Path[] {lower, upper}) {
        DiskUse use = DiskUse.of(layer);
        assertEquals(du(layer), use.allocated(), "seed " + seed);
        assertEquals(apparent(layer), use.apparent(), "seed " + seed);
      }
    }
  }

  @Test
  void linksCountOnceAndHolesNotAtAll() throws IOException {
    Path layer = sandbox.mountImage("disk", "ext4", 64).resolve("layer");
    Files.createDirectories(layer.resolve("a/b"));
    Path file = Files.write(layer.resolve("a/file"), new byte[300_000]);
    for (int i = 0; i < 5; i++) {
      Files.createLink(layer.resolve("a/b/link" + i), file);
    }
    // A name outside of the layer does not make it count less.
    Files.createLink(layer.resolveSibling("outside"), file);
    Sandbox.run("truncate", "-s", "" + HOLE, layer.resolve("hole").toString());
    Files.createSymbolicLink(layer.resolve("symlink"), Path.of("0123456789"));
    DiskUse use = DiskUse.of(layer);
    assertEquals(du(layer), use.allocated());
    assertEquals(apparent(layer), use.apparent());
    assertEquals(300_000 + HOLE + 10, use.apparent());
    assertTrue(use.allocated() < 400_000, use.toString());
    assertEquals(inodes(layer), use.inodes());
  }

  @Test
  void whiteoutsOfTheKernelAreCountedApart() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    for (int i = 0; i < 7; i++) {
      sandbox.createFile("lower/gone" + i, "data");
    }
    Path upper = spec.upper().orElseThrow();
    try (OverlayMount mount = Overlays.mount(spec)) {
      for (int i = 0; i < 7; i++) {
        Files.delete(mount.root().resolve("gone" + i));
      }
      Files.writeString(mount.root().resolve("new"), "123");
      DiskUse use = DiskUse.of(upper);
      assertEquals(7, use.whiteouts());
      assertEquals(2, use.inodes());
      assertEquals(3, use.apparent());
      assertEquals(du(upper), use.allocated());
    }
  }

  @Test
  void saysWhatCannotBeMeasured() throws IOException {
    Path file = sandbox.createFile("file", "");
    Path tree = sandbox.createDirectory("tree");
    sandbox.mountTmpfs("tree/mounted");
    refused(ProblemCode.LAYER_NOT_FOUND, sandbox.path("nothing"));
    refused(ProblemCode.LAYER_NOT_DIRECTORY, file);
    refused(ProblemCode.LAYER_NOT_ACCESSIBLE, tree);
  }

  private static void refused(ProblemCode code, Path layer) {
    OverlayException e = assertThrows(OverlayException.class, () -> DiskUse.of(layer));
    assertTrue(e.has(code), e.toString());
    assertTrue(e.problems().get(0).path().orElseThrow().startsWith(layer), e.toString());
  }

  private static long du(Path layer) throws IOException {
    return number(Sandbox.run("du", "-s", "--block-size=1", layer.toString()));
  }

  /** Without directories, of which newer versions of du(1) count the size as 0, too. */
  private static long apparent(Path layer) throws IOException {
    String sizes =
        "find \"$1\" \\( -type f -o -type l \\) -print0 |"
            + " du --files0-from=- --apparent-size --block-size=1 -c | tail -n 1";
    return number(Sandbox.run("sh", "-c", sizes, "sh", layer.toString()));
  }

  private static long inodes(Path layer) throws IOException {
    return number(Sandbox.run("du", "-s", "--inodes", layer.toString()));
  }

  private static long number(String line) {
    return Long.parseLong(line.strip().split("\\s", -1)[0]);
  }
}
