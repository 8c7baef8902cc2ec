package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.cache.SharedCache;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs the engines on an ordinary user's trees whose modes deny the owner write access. */
class ClosedTrees {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Makes a module cache, in which every entry is read-only. */
  private static final String LOWER =
      """
      cd "$1"
      mkdir -p lower/mod/a/deep lower/mod/b lower/gone/in lower/moved/in lower/open
      for d in mod/a mod/a/deep mod/b gone/in moved/in open; do
        for f in x y z; do echo "$d $f" > lower/$d/$f; done
      done
      chmod -R a-w lower
      """;

  /** Changes such a tree as a user would: chmod, change, chmod back. */
  private static final String CHANGES =
      """
      cd "$1"
      chmod -R u+w mod/a gone open .
      echo changed > mod/a/x; chmod u+w mod/a/deep; rm mod/a/deep/y; rm -r gone
      mkdir -p mod/a/new/inner; echo n > mod/a/new/inner/f; echo m > mod/a/new/f
      chmod u+w mod/b; mv mod/b/x mod/b/renamed; echo new > mod/b/z
      ln mod/a/new/f mod/a/link
      chmod -R a-w mod open; chmod a-w .
      """;

  private final Path place =
      Path.of(System.getProperty("java.io.tmpdir")).resolve("case" + COUNT.incrementAndGet());

  private OverlaySpec spec() throws IOException {
    Files.createDirectories(place);
    FormatWorkload.runShell(LOWER, place);
    return OverlaySpec.builder()
        .lower(place.resolve("lower"))
        .instance(place.resolve("i"))
        .options(o -> o.withUserXattr(true))
        .build();
  }

  private static OverlaySpec written(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(CHANGES, mount.root());
    }
    return spec;
  }

  private static List<String> view(OverlaySpec spec) throws IOException {
    return LayerView.of(
            new NativeLayerStore(), spec.upper().orElseThrow(), spec.lowers(), MarkNamespace.USER)
        .withoutHardLinks()
        .withDirectoryTimes()
        .manifest();
  }

  private static List<String> lower(OverlaySpec spec) throws IOException {
    return LayerView.ofSingleLayer(new NativeLayerStore(), spec.lowers().get(0), MarkNamespace.USER)
        .withoutHardLinks()
        .withDirectoryTimes()
        .manifest();
  }

  private static void same(List<String> expected, List<String> actual, String what) {
    assertEquals(String.join("\n", expected), String.join("\n", actual), what);
  }

  /** Of a view after a crash: an owner may have more rights to some entries than before. */
  private static List<String> withOwnersRights(List<String> manifest) {
    return manifest.stream()
        .filter(line -> !line.contains(" WHITEOUT"))
        .map(line -> line.replaceFirst(" (DIRECTORY|FILE) 0[0-7]", " $1 0."))
        .map(line -> line.replaceFirst("( DIRECTORY .*) mtime=.*", "$1"))
        .toList();
  }

  @Test
  void aLowerThatNobodyMayWriteToGetsAnInstance() throws IOException {
    OverlaySpec spec = spec();
    assertEquals(List.of(), Overlays.check(spec));
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("mod/a x\n", Files.readString(mount.root().resolve("mod/a/x")));
      assertEquals("555", Sandbox.run("stat", "-c", "%a", mount.root() + "/.").strip());
    }
    assertEquals(List.of(), Overlays.check(spec), "with an upper of that mode");
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertTrue(mount.isMounted());
    }
  }

  @Test
  void aLowerThatNobodyMayWriteToGetsAnEphemeralView() throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(spec().lowers().get(0))
            .ephemeral()
            .options(o -> o.withUserXattr(true))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(CHANGES, mount.root());
      mount.keepTo(place.resolve("kept"));
    }
    assertTrue(Files.exists(place.resolve("kept/mod/a/new/inner/f")));
    assertEquals("555", Sandbox.run("stat", "-c", "%a", place + "/kept/mod/a").strip());
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(CHANGES, mount.root());
    }
  }

  @Test
  void aMergeDoesWhatItsDryRunSays() throws IOException {
    OverlaySpec spec = written(spec());
    List<String> view = view(spec);
    MergeReport dry = OverlayMerge.of(spec).dryRun();
    same(view, view(spec), "after the dry run");
    MergeReport run = OverlayMerge.of(spec).run();
    assertEquals(dry.counts(), run.counts());
    same(view, lower(spec), "the lower");
    same(view, view(spec), "the view");
    assertEquals(List.of(), List.of(spec.upper().orElseThrow().toFile().list()));
    assertFalse(Files.exists(spec.work().orElseThrow().resolve("overlays-modes")));
  }

  @Test
  void aMergeByTwoWorkersDoesTheSame() throws IOException {
    OverlaySpec spec = written(spec());
    List<String> view = view(spec);
    OverlayMerge.of(spec).workers(2).run();
    same(view, lower(spec), "the lower");
    assertFalse(Files.exists(spec.work().orElseThrow().resolve("overlays-modes")));
  }

  @Test
  void aCrashLeavesNothingButTheRightsOfTheOwner() throws IOException {
    OverlaySpec spec = written(spec());
    List<String> view = view(spec);
    long crash = 5;
    while (true) {
      FaultyLayerStore store = new FaultyLayerStore(new NativeLayerStore()).crashAt(crash);
      try {
        OverlayMerge.of(spec).store(store).run();
        break;
      } catch (OverlayException e) {
        assertTrue(store.hasCrashed(), e::toString);
      }
      store.assertAllClosed();
      same(withOwnersRights(view), withOwnersRights(view(spec)), "after crash " + crash);
      crash += 7;
    }
    same(view, lower(spec), "the lower");
    assertFalse(Files.exists(spec.work().orElseThrow().resolve("overlays-modes")));
  }

  @Test
  void whatIsClosedToItsOwnerIsMergedAndStaysSo() throws IOException {
    OverlaySpec spec = spec();
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(
          """
          cd "$1"
          chmod u+w . mod mod/a; mkdir mod/a/secret; echo s > mod/a/secret/s; echo t > mod/a/t
          chmod 0 mod/a/secret mod/a/t; chmod 0 mod/b; chmod a-w mod mod/a .
          """,
          mount.root());
    }
    MergeReport dry = OverlayMerge.of(spec).dryRun();
    assertEquals(dry.counts(), OverlayMerge.of(spec).run().counts());
    Path lower = spec.lowers().get(0);
    assertEquals(
        "0 0 0 555",
        Sandbox.run(
                "sh",
                "-c",
                "cd \"$1\"; echo $(stat -c %a mod/a/secret mod/a/t mod/b mod)",
                "sh",
                lower.toString())
            .strip());
    FormatWorkload.runShell("cd \"$1\"; chmod 700 mod/a/secret mod/b; chmod 600 mod/a/t", lower);
    assertEquals("s\n", Files.readString(lower.resolve("mod/a/secret/s")));
    assertEquals("mod/b x\n", Files.readString(lower.resolve("mod/b/x")));
    assertEquals(List.of(), List.of(spec.upper().orElseThrow().toFile().list()));
  }

  @Test
  void aVacuumRemovesWhatIsTheSame() throws IOException {
    OverlaySpec spec = spec();
    try (OverlayMount mount = Overlays.mount(spec)) {
      FormatWorkload.runShell(
          "cd \"$1\"; chmod u+w mod/a/x; touch mod/a/x; chmod a-w mod/a/x", mount.root());
      FormatWorkload.runShell(
          "touch -r \"$1\"/../lower/mod/a/x \"$1\"/upper/mod/a/x", place.resolve("i"));
    }
    List<String> view = view(spec);
    assertEquals(1, OverlayVacuum.of(spec).run().filesRemoved());
    same(view, view(spec), "the view");
  }

  @Test
  void aSquashFoldsWhatNobodyMayWriteTo() throws IOException {
    OverlaySpec patch = written(spec());
    List<String> view = view(patch);
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(patch.upper().orElseThrow())
            .lower(patch.lowers().get(0))
            .instance(place.resolve("j"))
            .options(o -> o.withUserXattr(true))
            .build();
    for (String name : List.of("upper", "work")) {
      Files.createDirectories(place.resolve("j").resolve(name));
    }
    OverlaySquash.of(spec).run();
    same(view, lower(patch), "the lowest");
  }

  @Test
  void aMaintenanceOfACacheGoesThrough() throws IOException {
    spec();
    Files.createDirectories(place.resolve("instances"));
    SharedCache cache =
        SharedCache.of(place.resolve("lower"), place.resolve("instances"))
            .options(o -> o.withUserXattr(true));
    cache.create("one");
    cache.mountAll();
    FormatWorkload.runShell(
        CHANGES, Overlays.find(place.resolve("instances/one/mnts")).orElseThrow().root());
    cache.maintain();
    cache.unmountAll(dev.overlays.UnmountOptions.strict());
    assertEquals("changed\n", Files.readString(place.resolve("lower/mod/a/x")));
    assertEquals("555", Sandbox.run("stat", "-c", "%a", place + "/lower/mod/a").strip());
  }
}
