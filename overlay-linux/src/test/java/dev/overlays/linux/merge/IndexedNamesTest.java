package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.RandomMoves;
import dev.overlays.linux.layer.RandomWork;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.SquashReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is written through one name of an inode is seen through the others, which index=on shows.
 */
@Tag("long")
class IndexedNamesTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 6);
  private static final OverlayOptions INDEX = OverlayOptions.defaults().withIndex(true);

  @AutoClose private Sandbox sandbox;
  private Path disk;
  private Path lower;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountDisk("disk");
    lower = sandbox.createDirectory("disk/lower");
  }

  private OverlaySpec instance(String name, OverlayOptions options) {
    return OverlaySpec.builder()
        .lower(lower)
        .instance(disk.resolve(name))
        .options(o -> options)
        .build();
  }

  private static void in(OverlaySpec spec, String script) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell("cd \"$1\"\n" + script, mount.root());
    }
  }

  /** Somebody on the machine who looks into all views may hold this one for a moment. */
  private static List<String> view(OverlaySpec spec) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    try {
      return LayerView.ofMounted(LayerStore.of(mount.root()), mount.root()).manifest();
    } finally {
      mount.close(UnmountOptions.waitingUpTo(Duration.ofSeconds(10)));
    }
  }

  private OverlaySpec oneNameWritten() throws IOException {
    FormatWorkload.runShell(
        "cd \"$1\"; mkdir -p s; echo old > a; ln a b; ln a s/c; echo z > z", lower);
    OverlaySpec spec = instance("one", INDEX);
    in(spec, "echo new >> a");
    return spec;
  }

  private static List<String> changes(OverlaySpec spec) throws IOException {
    try (Stream<Change> changes = OverlayDiff.of(spec).changes()) {
      return changes.map(change -> change.kind() + " " + change.path()).sorted().toList();
    }
  }

  @Test
  void diffTellsOfAllNamesOfAnInode() throws IOException {
    OverlaySpec spec = oneNameWritten();
    List<String> all = List.of("MODIFIED a", "MODIFIED b", "MODIFIED s/c");
    assertEquals(all, changes(spec));
    assertEquals(all, changes(instance("one", OverlayOptions.defaults())), "the spec says nothing");
    assertEquals(List.of(), OverlayCheck.of(spec).run());
    OverlayVacuum.of(spec).dryRun();
  }

  @Test
  void dryRunTellsOfAllNamesOfAnInode() throws IOException {
    OverlaySpec spec = oneNameWritten();
    var would = OverlayMerge.of(spec).dryRun();
    List<String> view = view(spec);
    var did = OverlayMerge.of(spec).run();
    assertEquals(would.counts(), did.counts());
    assertEquals(view, new DirectoryContent(lower).layerView().manifest());
  }

  @Test
  void anArchiveHasAllNamesOfAnInode() throws IOException {
    OverlaySpec spec = oneNameWritten();
    assertEquals(view(spec), view(imported(spec, "imported")));
  }

  private OverlaySpec imported(OverlaySpec spec, String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OciLayer.of(spec).compression(OciCompression.NONE).writeTo(out);
    Path layer = disk.resolve(name);
    OciImport.to(layer).run(new ByteArrayInputStream(out.toByteArray()));
    return OverlaySpec.builder().lower(layer).lower(lower).build();
  }

  private SharedMerge twoThatWriteOneInode(OverlaySpec one, OverlaySpec two) throws IOException {
    FormatWorkload.runShell("cd \"$1\"; echo old > a; ln a b", lower);
    in(one, "echo one >> a");
    in(two, "echo two >> b");
    return OverlayMerge.into(lower).uppers(one);
  }

  @Test
  void twoInstancesThatWriteOneInodeByDifferentNamesConflict() throws IOException {
    OverlaySpec one = instance("one", INDEX);
    OverlaySpec two = instance("two", INDEX);
    SharedMerge merge = twoThatWriteOneInode(one, two).uppers(two);
    assertEquals(2, merge.dryRun().examples().size());
    OverlayException e =
        assertThrows(OverlayException.class, () -> merge.policy(ConflictPolicy.REFUSE).run());
    assertTrue(e.has(ProblemCode.MERGE_CONFLICT), e::getMessage);
    assertEquals("old\n", Files.readString(lower.resolve("a")));
    assertEquals("old\n", Files.readString(lower.resolve("b")));
  }

  @Test
  void theInstanceThatRemainsKeepsWhatItShowsByAllNames() throws IOException {
    OverlaySpec one = instance("one", INDEX);
    OverlaySpec two = instance("two", INDEX);
    SharedMerge merge = twoThatWriteOneInode(one, two).keepUppers(two);
    List<String> oneView = view(one);
    List<String> twoView = view(two);
    merge.run();
    assertEquals(oneView, view(one));
    assertEquals(twoView, view(two));
    assertEquals("old\none\n", Files.readString(lower.resolve("b")));
  }

  /** With nfs_export the kernel tells by a mark which directories are merged. */
  @Test
  void newDirectoriesOfTwoInstancesAreUnited() throws IOException {
    OverlayOptions options = INDEX.withNfsExport(true);
    OverlaySpec one = instance("one", options);
    OverlaySpec two = instance("two", options);
    FormatWorkload.runShell("cd \"$1\"; mkdir d; echo old > d/a", lower);
    in(one, "mkdir -p new/in; echo one > new/one; echo one > new/in/one; echo one >> d/a");
    in(two, "mkdir -p new/in; echo two > new/two; echo two > new/in/two; echo two > d/b");
    OverlayMerge.into(lower).uppers(one, two).run();
    for (String file : List.of("new/one", "new/in/one", "new/two", "new/in/two", "d/b")) {
      assertTrue(Files.exists(lower.resolve(file)), file);
    }
    List<String> view = view(one);
    assertEquals(view, view(two));
    assertEquals(view, new DirectoryContent(lower).layerView().manifest());
  }

  /** The lower's directory is another than the one that the view's was copied up from. */
  @Test
  void whatNfsExportDoesNotMergeIsNotMerged() throws IOException {
    OverlaySpec spec = instance("one", INDEX.withNfsExport(true));
    FormatWorkload.runShell("cd \"$1\"; mkdir d", lower);
    in(spec, "echo upper > d/upper");
    FormatWorkload.runShell(
        "cd \"$1\"; mkdir other; rmdir d; mkdir d; echo lower > d/lower", lower);
    List<String> view = view(spec);
    assertTrue(view.stream().noneMatch(line -> line.startsWith("d/lower")), view::toString);
    OverlayMerge.of(spec).run();
    assertEquals(view, new DirectoryContent(lower).layerView().manifest());
    assertEquals(view, view(spec));
  }

  @Test
  void aVacuumLeavesWhatNfsExportShows() throws IOException {
    OverlaySpec spec = instance("one", INDEX.withNfsExport(true));
    FormatWorkload.runShell(
        "cd \"$1\"; mkdir -p d/e; echo old > d/a; ln d/a d/b; echo c > d/e/c", lower);
    in(spec, "chmod 700 d d/e; chmod 755 d d/e; echo new >> d/a; touch d/e/new; rm d/e/new");
    List<String> view = view(spec);
    OverlayVacuum.of(spec).run();
    assertEquals(view, view(spec));
    in(spec, "echo more >> d/b");
  }

  @Test
  void squashedLowersShowTheSameWithAnIndex() throws IOException {
    Path top = sandbox.createDirectory("disk/top");
    FormatWorkload.runShell(
        "cd \"$1\"; mkdir d; echo old > a; ln a b; echo old > d/c; ln d/c d/e", lower);
    FormatWorkload.runShell("cd \"$1\"; mkdir d; echo top > t; ln t u; echo top > d/f", top);
    OverlaySpec spec = instance("one", INDEX).toBuilder().lowers(List.of(top, lower)).build();
    in(spec, "echo new >> a; echo new >> t; echo new >> d/c");
    List<String> view = view(spec);
    SquashReport report = OverlaySquash.of(spec).run();
    assertEquals(view, view(spec.toBuilder().lowers(report.lowers()).build()));
  }

  @Test
  void aSquashUnderAnUpperWithNfsExportIsRefused() throws IOException {
    Path top = sandbox.createDirectory("disk/top");
    OverlaySpec spec =
        instance("one", INDEX.withNfsExport(true)).toBuilder().lowers(List.of(top, lower)).build();
    OverlayException e = assertThrows(OverlayException.class, OverlaySquash.of(spec)::run);
    assertEquals(
        List.of(ProblemCode.OPTION_CONFLICT), e.problems().stream().map(Problem::code).toList());
  }

  /** A dry run, an archive and the merge agree on layers with many names. */
  @Test
  void allEnginesSeeTheSameNames() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      String what = "seed " + seed;
      lower = Files.createDirectories(disk.resolve("lower" + seed));
      OverlayOptions options = seed % 2 == 0 ? INDEX : INDEX.withRedirectDir(RedirectDir.ON);
      OverlaySpec spec = instance("instance" + seed, options);
      LayerStore store = LayerStore.of(disk);
      Path unused = Files.createDirectories(disk.resolve("unused" + seed));
      RandomLayers.of(seed, MarkNamespace.TRUSTED).withNodes().fillLayers(store, lower, unused);
      IndexTest.links(lower);
      try (OverlayMount mount = Overlays.mount(spec)) {
        RandomMoves.in(store, mount.root(), seed * 100L, 30);
        RandomWork.in(mount.root(), seed);
      }
      List<String> view = view(spec);
      var would = OverlayMerge.of(spec).dryRun();
      var did = OverlayMerge.of(spec).run();
      if (seed % 2 == 0) {
        assertEquals(would.counts(), did.counts(), what);
      }
      assertEquals(
          String.join("\n", view),
          String.join("\n", new DirectoryContent(lower).layerView().manifest()),
          what);
      assertEquals(view, view(spec), what);
    }
  }
}
