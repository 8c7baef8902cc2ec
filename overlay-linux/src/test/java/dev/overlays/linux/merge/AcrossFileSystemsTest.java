package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The merge into a lower on another file system, and into one that is too small. */
class AcrossFileSystemsTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private Path disk(String relative, String fileSystem) throws IOException {
    return fileSystem.equals("tmpfs")
        ? sandbox.mountTmpfs(relative)
        : sandbox.mountImage(relative, fileSystem, 320);
  }

  private OverlaySpec spec(Path lowerDisk, Path upperDisk) throws IOException {
    return FormatWorkload.spec(
        Files.createDirectories(lowerDisk.resolve("layer")), upperDisk.resolve("instance"));
  }

  /** Until the last name of a file is copied, the view shows two files. */
  private static List<String> view(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return LayerView.ofMounted(LayerStore.of(mount.root()), mount.root())
          .withoutHardLinks()
          .manifest();
    }
  }

  private static List<String> wholeView(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return new DirectoryContent(mount.root()).manifest();
    }
  }

  private static void assertMerged(OverlaySpec spec, List<String> view) throws IOException {
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    assertEquals(String.join("\n", view), String.join("\n", lower.manifest()));
    assertEquals(List.of(), lower.listMarks());
    assertEquals(
        List.of(""), List.copyOf(new DirectoryContent(spec.upper().orElseThrow()).entryNames()));
    assertEquals(
        List.of("work d"),
        List.copyOf(new DirectoryContent(spec.work().orElseThrow()).entryNames()));
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, xfs, 1",
    "xfs, tmpfs, 2",
    "btrfs, ext4, 1",
    "tmpfs, btrfs, 2",
    "ext4, tmpfs, 2",
    "tmpfs, xfs, 1"
  })
  void mergeToAnotherFileSystemKeepsEverything(String lower, String upper, int workers)
      throws IOException {
    OverlaySpec spec = spec(disk("lower", lower), disk("upper", upper));
    FormatWorkload.makeLayers(spec, false);
    List<String> view = wholeView(spec);
    OverlayMerge.of(spec).workers(workers).run();
    assertMerged(spec, view);
    String sparse = spec.lowers().get(0).resolve("new/sparse").toString();
    long allocated = 512 * Long.parseLong(Sandbox.run("stat", "-c", "%b", sparse).strip());
    assertTrue(allocated <= 1 << 17, () -> "4 MB with one byte take up " + allocated);
  }

  @Test
  void tooLittleSpaceIsRefused() throws IOException {
    Path small = sandbox.mountAt("lower", "-t", "tmpfs", "-o", "size=2m", "tmpfs");
    OverlaySpec spec = spec(small, disk("upper", "ext4"));
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(
          "cd \"$1\"; mkdir d; head -c 3000000 /dev/zero > d/large; sync", mount.root());
    }
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    DirectoryContent upper = new DirectoryContent(spec.upper().orElseThrow());
    String before = lower.describeEverything() + upper.describeEverything();
    OverlayException e = assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertTrue(e.has(ProblemCode.MERGE_NO_SPACE), e::getMessage);
    assertEquals(before, lower.describeEverything() + upper.describeEverything());
  }

  @ParameterizedTest
  @CsvSource({"ext4, tmpfs", "tmpfs, ext4", "btrfs, xfs"})
  void mergeThatRunsOutOfSpaceCanBeContinued(String lower, String upper) throws IOException {
    Path lowerDisk =
        lower.equals("tmpfs")
            ? sandbox.mountAt("lower", "-t", "tmpfs", "-o", "size=16m", "tmpfs")
            : sandbox.mountImage("lower", lower, lower.equals("btrfs") ? 320 : 32);
    OverlaySpec spec = spec(lowerDisk, disk("upper", upper));
    FormatWorkload.makeLayers(spec, false);
    List<String> view = view(spec);
    List<String> wholeView = wholeView(spec);
    Path filler = lowerDisk.resolve("filler");
    for (int copies : List.of(1, 3, 6)) {
      OverlayMerge merge =
          OverlayMerge.of(spec)
              .store(
                  new FaultyLayerStore(LayerStore.of(lowerDisk)).setHook(filling(copies, filler)));
      OverlayException e = assertThrows(OverlayException.class, merge::run);
      assertTrue(e.has(ProblemCode.MERGE_STOPPED), e::getMessage);
      assertEquals(view, view(spec), () -> "after " + copies + " copies");
      Files.delete(filler);
      Sandbox.run("sync", "-f", lowerDisk.toString());
    }
    OverlayMerge.of(spec).run();
    assertMerged(spec, wholeView);
  }

  /** Fills the disk before some copy that goes to it. */
  private static FaultyLayerStore.OperationHook filling(int copy, Path filler) {
    AtomicInteger copies = new AtomicInteger();
    return new FaultyLayerStore.OperationHook() {
      @Override
      public void beforeChange(FileOperation operation, String path) throws IOException {
        boolean across = path.contains(" -> " + filler.getParent());
        if (operation == FileOperation.COPY_DATA && across && copies.incrementAndGet() == copy) {
          FormatWorkload.runShell(
              "dd if=/dev/zero of=\"$1\" bs=4k 2>&1 || true; sync -f \"$1\"", filler);
          FormatWorkload.runShell(
              "dd if=/dev/zero bs=4k 2>&1 >> \"$1\" || true; sync -f \"$1\"", filler);
        }
      }
    };
  }
}
