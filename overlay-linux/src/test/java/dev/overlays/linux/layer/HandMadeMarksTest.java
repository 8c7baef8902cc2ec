package dev.overlays.linux.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Marks where no kernel puts them. */
class HandMadeMarksTest {
  @AutoClose private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountDisk("disk");
  }

  private Path file(String path, String text) throws IOException {
    Path file = disk.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path metacopy(String path, String redirect) throws IOException {
    Path file = file(path, "\0\0\0\0");
    mark(file, Mark.METACOPY, "");
    if (!redirect.isEmpty()) {
      mark(file, Mark.REDIRECT, redirect);
    }
    return file;
  }

  private static void mark(Path path, Mark mark, String value) throws IOException {
    try (LayerDirectory directory = new NativeLayerStore().open(path.getParent())) {
      Name name = Name.of(path.getFileName().toString());
      directory.setXattr(name, mark.xattr(MarkNamespace.TRUSTED), value.getBytes(UTF_8));
    }
  }

  private OverlaySpec.Builder spec(OverlayOptions options) throws IOException {
    Files.createDirectories(disk.resolve("work"));
    return OverlaySpec.builder()
        .lower(disk.resolve("lower"))
        .upper(disk.resolve("upper"))
        .work(disk.resolve("work"))
        .mountPoint(Files.createDirectories(disk.resolve("mnts")))
        .options(unused -> options);
  }

  private static OverlayOptions metacopies() {
    return OverlayOptions.defaults().withRedirectDir(RedirectDir.ON).withMetacopy(true);
  }

  private static List<ProblemCode> codes(OverlaySpec spec) throws IOException {
    return OverlayCheck.of(spec).run().stream().map(Problem::code).toList();
  }

  /** The kernel goes down their paths, and looks at no mark on the way. */
  @Test
  void noMarkInADataLayerHasASay() throws IOException {
    file("upper/u", "");
    metacopy("lower/a", "/d/a");
    metacopy("lower/b", "/d/b");
    metacopy("lower/c", "/d/c");
    metacopy("data0/d/a", "/elsewhere");
    mark(disk.resolve("data0/d"), Mark.OPAQUE, "y");
    Files.createSymbolicLink(disk.resolve("data0/d/b"), Path.of("a"));
    Files.createDirectory(disk.resolve("data0/d/c"));
    file("data1/d/a", "hide");
    file("data1/d/b", "next");
    file("data1/d/c", "last");
    OverlaySpec spec =
        spec(metacopies())
            .dataLower(disk.resolve("data0"))
            .dataLower(disk.resolve("data1"))
            .build();
    String expected = "{a=FILE \0\0\0\0, b=FILE next, c=FILE last, u=FILE }";
    assertEquals(expected, KernelShows.of(spec).tree().toString());
    assertEquals(expected, ShownTree.ofLayers(spec).toString());
    assertEquals(List.of(), codes(spec));
  }

  /** A directory on the way in a lower that names are shown of makes the kernel forget of it. */
  @Test
  void noDataLayerIsAskedAfterADirectoryOnTheWay() throws IOException {
    file("upper/u", "");
    metacopy("lower/a", "/d/a");
    Files.createDirectories(disk.resolve("next/d"));
    file("data/d/a", "data");
    OverlaySpec spec =
        spec(metacopies()).lower(disk.resolve("next")).dataLower(disk.resolve("data")).build();
    assertEquals(ShownTree.REFUSED, KernelShows.of(spec).tree().get("a"));
    assertEquals(ShownTree.UNREADABLE, ShownTree.ofLayers(spec).get("a"));
    assertEquals(List.of(ProblemCode.METACOPY_DATA_MISSING), codes(spec));
  }

  /** The kernel refuses whichever of the two it meets second. */
  @Test
  void aMetacopyBesideItsSourceIsNamedAndAMergeKeepsTheDataOfBoth() throws IOException {
    file("lower/a", "data");
    metacopy("upper/a", "");
    metacopy("upper/b", "/a");
    OverlaySpec spec = spec(metacopies()).build();
    assertEquals(List.of(ProblemCode.REDIRECT_REPEATED), codes(spec));
    OverlayMerge.of(spec).run();
    assertEquals("data", Files.readString(disk.resolve("lower/a")));
    assertEquals("data", Files.readString(disk.resolve("lower/b")));
  }
}
