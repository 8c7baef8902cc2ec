package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Merges within one file system that refuses renames from the upper to the lower or parts of it.
 */
class CrossingTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private Path disk(String fileSystem) throws IOException {
    return sandbox.mountImage("disk", fileSystem, 320);
  }

  private OverlaySpec spec() {
    return FormatWorkload.spec(sandbox.path("disk/lower"), sandbox.path("disk/instance"));
  }

  private static List<String> shown(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return LayerView.ofMounted(LayerStore.of(mount.root()), mount.root())
          .withoutHardLinks()
          .withDirectoryTimes()
          .manifest();
    }
  }

  private static void same(List<String> expected, List<String> actual, String what) {
    List<String> missing = new ArrayList<>(expected);
    missing.removeAll(actual);
    List<String> more = new ArrayList<>(actual);
    more.removeAll(expected);
    assertEquals(String.join("\n", missing), String.join("\n", more), what);
    assertEquals(expected.size(), actual.size(), what);
  }

  private static void merge(OverlaySpec spec, boolean watched, int workers) throws IOException {
    List<String> view = shown(spec);
    LayerView now =
        LayerView.of(
                LayerStore.of(spec.lowers().get(0)),
                spec.upper().orElseThrow(),
                spec.lowers(),
                dev.overlays.layer.MarkNamespace.TRUSTED)
            .withoutHardLinks();
    List<String> during = now.manifest();
    FaultyLayerStore store =
        new FaultyLayerStore(LayerStore.of(spec.lowers().get(0)))
            .setHook(
                new FaultyLayerStore.OperationHook() {
                  @Override
                  public void afterChange(FileOperation operation, String path) throws IOException {
                    if (watched) {
                      same(during, now.manifest(), "after " + operation + " of " + path);
                    }
                  }
                });
    MergeReport dry = OverlayMerge.of(spec).dryRun();
    MergeReport done = OverlayMerge.of(spec).store(store).workers(workers).run();
    store.assertAllClosed();
    Path lower = spec.lowers().get(0);
    same(
        view,
        LayerView.ofMounted(LayerStore.of(lower), lower)
            .withoutHardLinks()
            .withDirectoryTimes()
            .manifest(),
        "the lower");
    same(view, shown(spec), "the view");
    assertEquals(
        List.of(""), List.copyOf(new DirectoryContent(spec.upper().orElseThrow()).entryNames()));
    assertEquals(dry.toString().isEmpty(), done.toString().isEmpty());
  }

  /** Lower and upper belong to different quota projects, as layers of containers do. */
  @ParameterizedTest
  @CsvSource({"true, 1", "false, 2"})
  void projectsOfTheirOwnGetCopies(boolean watched, int workers) throws IOException {
    disk("xfs");
    OverlaySpec spec = spec();
    FormatWorkload.fillLower(sandbox.createDirectory("disk/lower"));
    for (String name : List.of("upper", "work")) {
      sandbox.createDirectory("disk/instance/" + name);
    }
    FormatWorkload.runShell(
        """
        cd "$1"
        find lower -type f -exec chattr -p 8 {} +
        find lower -type d -exec chattr -p 8 {} + -exec chattr +P {} +
        chattr -p 7 instance/upper instance/work; chattr +P instance/upper instance/work
        """,
        sandbox.path("disk"));
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.changeView(mount.root(), true);
    }
    merge(spec, watched, workers);
    assertEquals(
        "2", Sandbox.run("stat", "-c", "%h", spec.lowers().get(0) + "/meta/h").strip(), "links");
  }

  /** Only some directories of the lower are projects of their own. */
  @Test
  void aProjectInsideTheLowerGetsCopies() throws IOException {
    disk("xfs");
    OverlaySpec spec = spec();
    FormatWorkload.fillLower(sandbox.createDirectory("disk/lower"));
    FormatWorkload.runShell(
        "cd \"$1\"; chattr -R -p 9 meta chain nested; chattr +P meta chain/one chain nested/in",
        sandbox.path("disk/lower"));
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.changeView(mount.root(), true);
    }
    merge(spec, true, 1);
  }

  /** Subvolumes inside a lower, which itself is one or is not. */
  @ParameterizedTest
  @CsvSource({"false, true, 1", "false, false, 2", "true, true, 1"})
  void subvolumesInsideTheLowerGetCopies(boolean isSubvolume, boolean watched, int workers)
      throws IOException {
    Path disk = disk("btrfs");
    OverlaySpec spec = spec();
    FormatWorkload.runShell(
        (isSubvolume ? "btrfs subvolume create \"$1\"/lower" : "mkdir \"$1\"/lower")
            + "\ncd \"$1\"/lower; for s in nested meta gone opaque tofile chain; do"
            + " btrfs subvolume create $s; done",
        disk);
    FormatWorkload.fillLower(sandbox.path("disk/lower"));
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.changeView(mount.root(), true);
    }
    merge(spec, watched, workers);
  }

  @Test
  void aMaintenanceOfACacheGoesOn() throws IOException {
    disk("xfs");
    sandbox.createFile("disk/lower/d/f", "old");
    sandbox.createDirectory("disk/instances");
    FormatWorkload.runShell(
        "cd \"$1\"; chattr -R -p 8 lower; chattr +P lower lower/d; chattr -p 7 instances;"
            + " chattr +P instances",
        sandbox.path("disk"));
    SharedCache cache = SharedCache.of(sandbox.path("disk/lower"), sandbox.path("disk/instances"));
    cache.create("one");
    cache.mountAll();
    Path view = sandbox.path("disk/instances/one/mnts");
    Files.writeString(view.resolve("d/f"), "new");
    Files.createDirectory(view.resolve("nd"));
    Files.writeString(view.resolve("nd/x"), "x");
    cache.maintain();
    cache.unmountAll(dev.overlays.UnmountOptions.strict());
    assertEquals("new", Files.readString(sandbox.path("disk/lower/d/f")));
    assertEquals("x", Files.readString(sandbox.path("disk/lower/nd/x")));
  }

  /** What is renamed in a layer is completed beside it, where a subvolume of its own is not. */
  @Test
  void aLayerThatNothingCanBeMovedIntoIsRefusedBeforeAnythingIsChanged() throws IOException {
    Path disk = disk("btrfs");
    FormatWorkload.runShell("cd \"$1\"; mkdir base; btrfs subvolume create top", disk);
    FormatWorkload.fillLower(sandbox.path("disk/base"));
    OverlaySpec patch =
        FormatWorkload.spec(sandbox.path("disk/base"), sandbox.path("disk/instance"));
    try (OverlayMount mount = Overlays.mount(patch)) {
      FormatWorkload.changeView(mount.root(), true);
    }
    Path top = sandbox.path("disk/top");
    Sandbox.run("cp", "-a", patch.upper().orElseThrow() + "/.", top.toString());
    OverlaySpec spec =
        FormatWorkload.spec(top, sandbox.path("disk/other")).toBuilder()
            .lower(sandbox.path("disk/base"))
            .build();
    List<String> view = shown(spec);
    String before = new DirectoryContent(top).describeEverything();
    OverlayException e = assertThrows(OverlayException.class, OverlaySquash.of(spec)::run);
    assertEquals(
        ProblemCode.UPPER_WORK_ON_DIFFERENT_MOUNTS, e.problems().get(0).code(), e::toString);
    assertEquals(before, new DirectoryContent(top).describeEverything());
    assertEquals(view, shown(spec));
  }
}
