package dev.overlays.linux.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whiteouts that the kernel lists and cannot look up: no engine makes any, and the check finds all.
 */
class GhostTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
  }

  private OverlaySpec view(String... lowers) throws IOException {
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .upper(sandbox.createDirectory("disk/upper"))
            .work(sandbox.createDirectory("disk/work"))
            .mountPoint(sandbox.createDirectory("disk/mnts"));
    for (String lower : lowers) {
      spec.lower(sandbox.path("disk/" + lower));
    }
    return spec.build();
  }

  /** Every path that is listed can be looked up, too. */
  private static List<String> walk(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec);
        Stream<Path> all = Files.walk(mount.root())) {
      return all.skip(1).map(path -> mount.root().relativize(path).toString()).sorted().toList();
    }
  }

  private void whiteout(String path) throws IOException {
    Path there = sandbox.path("disk/" + path);
    Files.createDirectories(there.getParent());
    Sandbox.run("mknod", there.toString(), "c", "0", "0");
  }

  private void mark(String path, String mark, String value) throws IOException {
    Sandbox.run(
        "setfattr",
        "-n",
        "trusted.overlay." + mark,
        "-v",
        value,
        sandbox.path("disk/" + path).toString());
  }

  /** A whiteout hides what is below, and never what the same archive has, whatever the order. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        ".wh.test test/.wh.test; keep",
        "test/.wh.test .wh.test; keep",
        "./ test/inner/.wh.a .wh.test; keep",
        "test/ test/.wh..wh..opq test/.wh.test test/new; keep test test/new",
        "test/ test/.wh.test test/new test/.wh..wh..opq; keep test test/new",
        "test/ .wh.test test/sub/ test/sub/.wh.a; keep test test/sub",
        "test/sub/ test/sub/.wh.a .wh.test; keep test test/sub",
        "test/ test/.wh.test; keep test",
        "new/ new/f new/.wh.gone; keep new new/f test test/test",
      })
  void importedLayersListOnlyWhatIsThere(String entries, String shown) throws IOException {
    sandbox.createFile("disk/lower/test/test", "x");
    sandbox.createFile("disk/lower/keep", "x");
    List<String> tar = new ArrayList<>(List.of("tar", "--no-recursion", "-cf"));
    tar.add(sandbox.path("disk/a.tar").toString());
    tar.addAll(List.of("-C", sandbox.createDirectory("disk/tree").toString()));
    for (String entry : entries.split(" ", -1)) {
      if (entry.endsWith("/")) {
        sandbox.createDirectory("disk/tree/" + entry);
      } else {
        sandbox.createFile("disk/tree/" + entry, "");
      }
      tar.add(entry);
    }
    Sandbox.run(tar.toArray(new String[0]));
    try (InputStream in = Files.newInputStream(sandbox.path("disk/a.tar"))) {
      OciImport.to(sandbox.path("disk/imported")).run(in);
    }
    OverlaySpec spec = view("imported", "lower");
    assertEquals(List.of(shown.split(" ")), walk(spec));
  }

  @Test
  void exportLeavesOutWhiteoutsThatHideNothing() throws IOException {
    sandbox.createFile("disk/lower/dir/x", "x");
    sandbox.createFile("disk/lower/other/x", "x");
    sandbox.createDirectory("disk/upper/dir");
    mark("upper/dir", "opaque", "y");
    whiteout("upper/dir/x");
    whiteout("upper/new/x");
    whiteout("upper/other/x");
    OverlaySpec spec = view("lower");
    Path file = sandbox.path("disk/layer.tar");
    try (OutputStream out = Files.newOutputStream(file)) {
      OciLayer.of(spec).compression(OciCompression.NONE).writeTo(out);
    }
    assertEquals(
        "./\ndir/\ndir/.wh..wh..opq\nnew/\nother/\nother/.wh.x\n",
        Sandbox.run("tar", "tf", file.toString()));
  }

  @Test
  void squashedLayersListOnlyWhatIsThere() throws IOException {
    sandbox.createFile("disk/base/dir/x", "x");
    sandbox.createFile("disk/bottom/dir/x", "x");
    sandbox.createFile("disk/bottom/dir/keep", "x");
    mark("bottom/dir", "opaque", "y");
    whiteout("top/dir/x");
    OverlaySpec spec = view("top", "bottom", "base");
    OverlaySquash.of(spec).layers(spec.lowers().get(0), spec.lowers().get(1)).run();
    assertEquals(List.of("dir", "dir/keep"), walk(view("bottom", "base")));
  }

  /**
   * In a directory that no layer below has, in an opaque one, and as marks without a directory's.
   */
  @Test
  void checkFindsAndRepairsAllGhosts() throws IOException {
    sandbox.createFile("disk/lower/dir/gone", "x");
    sandbox.createFile("disk/lower/dir/gone too", "x");
    sandbox.createFile("disk/lower/opaque/x", "x");
    whiteout("middle/new/a");
    whiteout("middle/opaque/x");
    mark("middle/opaque", "opaque", "y");
    sandbox.createFile("disk/middle/dir/gone", "");
    mark("middle/dir/gone", "whiteout", "y");
    whiteout("upper/fresh/b");
    sandbox.createFile("disk/upper/dir/gone too", "");
    mark("upper/dir/gone too", "whiteout", "y");
    OverlaySpec spec = view("middle", "lower");
    assertThrows(UncheckedIOException.class, () -> walk(spec));
    var report = OverlayCheck.of(spec).repair();
    assertEquals(List.of(), report.left());
    assertEquals(2, report.count(ProblemCode.WHITEOUT_LISTED));
    assertEquals(3, report.count(ProblemCode.WHITEOUT_ORPHAN));
    assertEquals(List.of("dir", "fresh", "new", "opaque"), walk(spec));
    assertEquals(List.of(), OverlayCheck.of(spec).run());
  }

  /** They hide the objects from kernels that do not know data-only lowers. */
  @Test
  void anImageOfComposefsIsSound() throws IOException {
    sandbox.createFile("disk/objects/00/data", "x");
    for (int i = 0; i < 256; i++) {
      whiteout(String.format("image/%02x", i));
    }
    whiteout("image/orphan");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("disk/image"))
            .dataLower(sandbox.path("disk/objects"))
            .options(o -> o.withRedirectDir(dev.overlays.RedirectDir.ON).withMetacopy(true))
            .ephemeral()
            .build();
    assertEquals(
        List.of("orphan"),
        OverlayCheck.of(spec).run().stream()
            .map(problem -> problem.path().orElseThrow().getFileName().toString())
            .toList());
  }
}
