package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.IdMapping;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.layer.RandomWork;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.SquashReport;
import dev.overlays.owners.MappedLayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines on layers whose owners a spec maps, compared with what the kernel shows. */
@Tag("long")
class MappedOwnersTest {
  /** Every owner in the tests, including root, is another one in the view. */
  private static final IdMapping SWAPPED =
      new IdMapping(
          List.of(new IdMapping.Range(0, 30_000, 30_000), new IdMapping.Range(30_000, 0, 30_000)),
          List.of(new IdMapping.Range(0, 32_000, 32_000), new IdMapping.Range(32_000, 0, 32_000)));

  private static final IdMapping OTHERS = IdMapping.of(0, 5000, 4500);

  /** ACLs and capabilities, in the lower before it is mounted. */
  private static final String IDS =
      """
      cd "$1"
      setfacl -m u:21:rw -m g:22:r meta/a nested/in/own
      setfacl -m d:u:30100:rwx -m g:32200:rx chain/one nested
      setcap cap_net_raw+ep meta/c
      setcap -n 7 cap_chown+ep meta/d
      chown 30005:32006 chain/one/two/three/b linked/a
      chmod 4711 meta/h
      """;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    KernelAbility.ID_MAPPED_LOWERS.assumePresent();
  }

  private OverlaySpec spec(Path lower, Path instance) {
    return OverlaySpec.builder()
        .lower(lower, SWAPPED)
        .instance(instance)
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
        .build();
  }

  private static List<String> shown(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return LayerView.ofMounted(new NativeLayerStore(), mount.root())
          .withoutHardLinks()
          .withDirectoryTimes()
          .manifest();
    }
  }

  /** What the test kit takes for the view, with the owners that the spec maps. */
  private static LayerView read(OverlaySpec spec) throws IOException {
    return LayerView.of(
            MappedLayerStore.mapLowers(new NativeLayerStore(), List.of(spec)),
            spec.upper().orElseThrow(),
            spec.lowers(),
            MarkNamespace.TRUSTED)
        .withoutHardLinks();
  }

  private static void same(List<String> expected, List<String> actual, String what) {
    assertEquals(String.join("\n", expected), String.join("\n", actual), what);
  }

  /** Owners, ACLs and capabilities, through every operation of a merge. */
  @ParameterizedTest
  @CsvSource({"ext4, 1", "xfs, 2", "btrfs, 1"})
  void aMergeKeepsWhoOwnsWhatInTheView(String fileSystem, int workers) throws IOException {
    Path disk = sandbox.mountImage("disk", fileSystem, 320);
    OverlaySpec spec = spec(sandbox.createDirectory("disk/lower"), disk.resolve("instance"));
    FormatWorkload.fillLower(spec.lowers().get(0));
    FormatWorkload.runShell(IDS, spec.lowers().get(0));
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.changeView(mount.root(), true);
    }
    List<String> view = shown(spec);
    same(view, read(spec).withDirectoryTimes().manifest(), "what is read of the layers");
    List<String> during = read(spec).manifest();
    FaultyLayerStore store =
        new FaultyLayerStore(new NativeLayerStore())
            .setHook(
                new FaultyLayerStore.OperationHook() {
                  @Override
                  public void afterChange(FileOperation operation, String path) throws IOException {
                    same(during, read(spec).manifest(), "after " + operation + " of " + path);
                  }
                });
    if (workers == 1 && fileSystem.equals("ext4")) {
      OverlayMerge.of(spec).store(store).run();
    } else {
      OverlayMerge.of(spec).workers(workers).run();
    }
    same(view, shown(spec), "the view after the merge");
    assertEquals(
        List.of(""), List.copyOf(new DirectoryContent(spec.upper().orElseThrow()).entryNames()));
    assertEquals(List.of(), new DirectoryContent(spec.lowers().get(0)).listMarks());
  }

  @Test
  void randomWorkIsMergedAsTheKernelShowsIt() throws IOException {
    sandbox.mountImage("disk", "ext4", 320);
    for (int seed = 0; seed < Integer.getInteger("overlays.seeds", 12); seed++) {
      Path root = sandbox.createDirectory("disk/" + seed);
      OverlaySpec spec =
          spec(sandbox.createDirectory("disk/" + seed + "/lower"), root.resolve("i"));
      RandomLayers.of(seed, MarkNamespace.TRUSTED)
          .withNodes()
          .fillLayers(
              new NativeLayerStore(),
              spec.lowers().get(0),
              sandbox.createDirectory("unused" + seed));
      FormatWorkload.runShell("find \"$1\" -links 1 -exec chown -h 5:7 {} +", spec.lowers().get(0));
      try (OverlayMount mount = Overlays.mount(spec)) {
        RandomWork.in(mount.root(), seed);
      }
      List<String> view = shown(spec);
      same(view, read(spec).withDirectoryTimes().manifest(), "read, seed " + seed);
      OverlayMerge.of(spec).run();
      same(view, shown(spec), "merged, seed " + seed);
    }
  }

  /** Lowers whose owners are the same, others, and their own. */
  @ParameterizedTest
  @ValueSource(strings = {"same", "other", "none"})
  void aSquashKeepsWhoOwnsWhatInTheView(String bottom) throws IOException {
    sandbox.mountImage("disk", "ext4", 320);
    Path top = sandbox.createDirectory("disk/top");
    Path base = sandbox.createDirectory("disk/base");
    FormatWorkload.fillLower(base);
    FormatWorkload.runShell(IDS, base);
    OverlaySpec patch = OverlaySpec.builder().lower(base).instance(sandbox.path("disk/i")).build();
    try (OverlayMount mount = Overlays.mount(patch)) {
      FormatWorkload.changeView(mount.root(), false);
    }
    Sandbox.run("cp", "-a", patch.upper().orElseThrow() + "/.", top.toString());
    OverlaySpec.Builder builder = OverlaySpec.builder().lower(top, SWAPPED);
    switch (bottom) {
      case "same" -> builder.lower(base, SWAPPED);
      case "other" -> builder.lower(base, OTHERS);
      default -> builder.lower(base);
    }
    OverlaySpec spec = builder.instance(sandbox.path("disk/j")).build();
    List<String> view = shown(spec);
    if (bottom.equals("other")) {
      // What the view shows of the upper layer has to be somebody in the lower one.
      OverlayException e = assertThrows(OverlayException.class, OverlaySquash.of(spec)::run);
      assertEquals(ProblemCode.MERGE_OWNER_UNMAPPED, e.problems().get(0).code(), e::toString);
      return;
    }
    SquashReport report = OverlaySquash.of(spec).run();
    OverlaySpec.Builder one = spec.toBuilder().lowers(report.lowers());
    if (bottom.equals("same")) {
      one = spec.toBuilder().lowers(List.of()).lower(base, SWAPPED);
    }
    same(view, shown(one.build()), "without the upper of the two");
  }

  @Test
  void aVacuumLeavesWhatOnlyLooksLikeTheLowerOnTheDisk() throws IOException {
    sandbox.createFile("lower/v", "same");
    sandbox.createFile("lower/w", "same");
    Sandbox.run("chown", "-R", "7:7", sandbox.path("lower").toString());
    OverlaySpec spec = spec(sandbox.path("lower"), sandbox.path("i"));
    try (OverlayMount mount = Overlays.mount(spec)) {
      Sandbox.run("chown", "7:7", mount.root().resolve("v").toString());
      Sandbox.run("chown", "8:8", mount.root().resolve("w").toString());
      Sandbox.run("chown", "30007:32007", mount.root().resolve("w").toString());
    }
    List<String> view = shown(spec);
    assertEquals(1, OverlayVacuum.of(spec).run().filesRemoved());
    same(view, shown(spec), "the view after the vacuum");
    try (Stream<Change> changes = OverlayDiff.of(spec).compareContent().changes()) {
      assertEquals(List.of("v"), changes.map(Change::path).toList());
    }
  }

  @Test
  void anOwnerThatTheMappingDoesNotHaveIsRefusedBeforeAnythingIsChanged() throws IOException {
    Path lower = sandbox.createDirectory("lower");
    sandbox.createFile("lower/d/k", "k");
    Sandbox.run("chown", "-R", "1000:1000", lower.toString());
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower, IdMapping.of(1000, 50_000, 1000))
            .instance(sandbox.path("i"))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(
          "cd \"$1\"; echo n > d/n; echo m > m; chown 50005:50006 m", mount.root());
    }
    List<String> view = shown(spec);
    String upper = new DirectoryContent(spec.upper().orElseThrow()).describeEverything();
    String before = new DirectoryContent(lower).describeEverything();
    OverlayException dry = assertThrows(OverlayException.class, OverlayMerge.of(spec)::dryRun);
    OverlayException e = assertThrows(OverlayException.class, OverlayMerge.of(spec)::run);
    assertEquals(dry.problems(), e.problems());
    assertEquals(ProblemCode.MERGE_OWNER_UNMAPPED, e.problems().get(0).code(), e::toString);
    assertTrue(e.getMessage().contains("d/n"), e.getMessage());
    assertEquals(upper, new DirectoryContent(spec.upper().orElseThrow()).describeEverything());
    assertEquals(before, new DirectoryContent(lower).describeEverything());
    OverlayMerge.of(spec).exclude("d/n").run();
    same(view, shown(spec), "the view with the rest merged");
    assertEquals("1005:1006", Sandbox.run("stat", "-c", "%u:%g", lower + "/m").strip());
  }

  @Test
  void anExportOfALowerHasTheOwnersOfTheView() throws IOException {
    sandbox.createFile("lower/f", "f");
    Sandbox.run("chown", "7:8", sandbox.path("lower/f").toString());
    Sandbox.run("setfacl", "-m", "u:9:rw", sandbox.path("lower/f").toString());
    OverlaySpec spec = spec(sandbox.path("lower"), sandbox.path("i"));
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    OciLayer.of(spec, sandbox.path("lower")).writeTo(archive);
    OciImport.to(sandbox.path("imported"))
        .privilegedXattrs(OciTreatment.TAKE)
        .run(new ByteArrayInputStream(archive.toByteArray()));
    List<String> view = shown(spec);
    List<String> imported =
        LayerView.ofSingleLayer(
                new NativeLayerStore(), sandbox.path("imported"), MarkNamespace.TRUSTED)
            .withoutHardLinks()
            .withDirectoryTimes()
            .manifest();
    assertEquals(line(view, "f "), line(imported, "f "));
    assertNotEquals(List.of(), line(view, "f "));
  }

  private static List<String> line(List<String> manifest, String start) {
    return manifest.stream().filter(line -> line.startsWith(start)).toList();
  }

  /** The directories that lead to a private path have the owners that the view shows there. */
  @Test
  void whatIsMadeForAPrivatePathLooksLikeTheLower() throws IOException {
    sandbox.createFile("lower/a/b/secret", "s");
    Sandbox.run("chown", "-R", "11:12", sandbox.path("lower").toString());
    OverlaySpec plain = spec(sandbox.path("lower"), sandbox.path("i"));
    OverlaySpec spec =
        plain.toBuilder().instance(sandbox.path("j")).privatePath("a/b/secret").build();
    List<String> view = shown(plain);
    view.removeIf(line -> line.startsWith("a/b/secret "));
    same(view, shown(spec), "the view without the private path");
  }
}
