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
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A merge whose disks lose power: what was not in their journals is gone. The view is what it was
 * all the same, and another merge finishes.
 */
@Tag("long")
class PowerCutTest {
  @AutoClose private Sandbox sandbox;
  private DiskImages disks;
  private OverlaySpec spec;
  private boolean copies;
  private List<String> view;
  private List<String> viewWithTimes;
  private final List<String> wrong = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, ext4, false, METACOPY_XINO, 9",
    "xfs, xfs, false, METACOPY_XINO, 9",
    "ext4, ext4, false, INDEX_METACOPY, 6",
    "xfs, xfs, false, NFS_EXPORT_REDIRECTS, 6",
    "ext4, ext4, true, METACOPY_XINO, 3",
    "xfs, xfs, true, INDEX_METACOPY, 3",
    "ext4, xfs, false, INDEX_XINO, 6",
    "ext4, xfs, false, METACOPY_XINO, 6",
    "xfs, ext4, true, METACOPY_XINO, 6"
  })
  void mergeCutByPowerLossIsContinued(
      String lower, String upper, boolean protects, ViewOptions options, int points)
      throws IOException {
    make(lower, upper, protects, options);
    FaultyLayerStore counting = new FaultyLayerStore(LayerStore.of(disks.firstDisk()));
    OverlayMerge.of(spec).store(counting).run();
    assertFinished("without a cut");
    long operations = counting.changeCount();
    assertTrue(operations > 10L * points, () -> operations + " operations");
    for (int i = 1; i <= points; i++) {
      long deadly = Math.max(2, i * operations / (points + 1));
      cut(
          switch (i % 3) {
            case 0 -> new PowerCut(disks.mountPoints(), deadly, disks.lastDisk(), 0);
            case 1 -> new PowerCut(disks.mountPoints(), deadly, disks.lastDisk(), deadly);
            default -> new PowerCut(disks.mountPoints(), deadly, disks.firstDisk(), deadly / 2);
          });
    }
    System.out.printf(
        "power cut at %d of %d operations, lower %s, upper %s, %s: %d wrong%n",
        points, operations, lower, upper, options, wrong.size());
    assertEquals(List.of(), wrong);
  }

  private void make(String lower, String upper, boolean protects, ViewOptions options)
      throws IOException {
    disks = new DiskImages(sandbox);
    Path first = disks.makeDisk("lower", lower);
    boolean across = !lower.equals(upper);
    copies = across || options.overlayOptions().index();
    Path second = across ? disks.makeDisk("upper", upper) : first;
    spec =
        FormatWorkload.spec(
                sandbox.createDirectory(sandbox.root().relativize(first).resolve("l").toString()),
                second.resolve("instance"))
            .toBuilder()
            .options(o -> options.overlayOptions())
            .build();
    FormatWorkload.makeLayers(spec, protects);
    try (OverlayMount mount = Overlays.mount(spec)) {
      LayerView shown = shown(mount);
      view = (copies ? shown.withoutHardLinks() : shown).manifest();
      viewWithTimes = shown.withDirectoryTimes().manifest();
    }
    disks.keepImages();
  }

  private static LayerView shown(OverlayMount mount) throws OverlayException {
    return LayerView.ofMounted(LayerStore.of(mount.root()), mount.root());
  }

  private void cut(PowerCut cut) throws IOException {
    disks.bringBack();
    FaultyLayerStore store = new FaultyLayerStore(LayerStore.of(disks.firstDisk())).setHook(cut);
    OverlayException e =
        assertThrows(
            OverlayException.class, () -> OverlayMerge.of(spec).store(store).run(), cut::toString);
    assertTrue(e.has(ProblemCode.MERGE_STOPPED), e::getMessage);
    store.assertAllClosed();
    disks.mountAgain();
    // Until the last name of a file that goes by a copy is there, the view shows two files.
    try (OverlayMount mount = Overlays.mount(spec)) {
      LayerView shown = shown(mount);
      compare(cut + ": view", view, (copies ? shown.withoutHardLinks() : shown).manifest());
    }
    OverlayMerge.of(spec).run();
    assertFinished(cut.toString());
  }

  private void assertFinished(String what) throws IOException {
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    compare(what + ": lower", viewWithTimes, lower.manifest());
    compare(what + ": marks", List.of(), lower.listMarks());
    DirectoryContent upper = new DirectoryContent(spec.upper().orElseThrow());
    compare(what + ": upper", List.of(""), List.copyOf(upper.entryNames()));
    DirectoryContent work = new DirectoryContent(spec.work().orElseThrow());
    List<String> inWork = spec.options().index() ? List.of("index d", "work d") : List.of("work d");
    compare(what + ": work", inWork, List.copyOf(work.entryNames()));
  }

  private void compare(String what, List<String> expected, List<String> actual) {
    if (!expected.equals(actual)) {
      TreeSet<String> missing = new TreeSet<>(expected);
      actual.forEach(missing::remove);
      TreeSet<String> more = new TreeSet<>(actual);
      expected.forEach(more::remove);
      wrong.add(what + ": missing " + missing + ", more " + more);
    }
  }
}
