package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users of a view call their files is theirs, whatever a merge calls its own. */
@Tag("long")
class TakenNamesTest {
  private static final List<String> NAMES =
      List.of(
          ".overlays-merge-staging",
          ".overlays-merge-00000000-0000-4000-8000-000000000000",
          "overlays-staging",
          "overlays-trash");

  @AutoClose private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountDisk("disk");
  }

  private Path lower(boolean across) throws IOException {
    return across ? sandbox.mountDisk("elsewhere") : sandbox.createDirectory("disk/lower");
  }

  private OverlaySpec spec(Path... lowers) {
    return OverlaySpec.builder()
        .lowers(List.of(lowers))
        .instance(disk.resolve("instance"))
        .options(o -> o.withRedirectDir(RedirectDir.ON))
        .build();
  }

  private static void fill(Path directory, String content) throws IOException {
    for (String name : NAMES) {
      Files.createDirectories(directory.resolve(name).resolve("deep"));
      Files.writeString(directory.resolve(name).resolve("deep/file"), content);
    }
  }

  private static void assertFilled(Path directory, String content) throws IOException {
    for (String name : NAMES) {
      Path file = directory.resolve(name).resolve("deep/file");
      assertTrue(Files.exists(file), file::toString);
      assertEquals(content, Files.readString(file), file::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void directoriesOfTheViewAreMergedWhateverTheirNames(boolean across) throws IOException {
    Path lower = lower(across);
    OverlaySpec spec = spec(lower);
    try (OverlayMount mount = Overlays.mount(spec)) {
      fill(mount.root(), "upper");
    }
    OverlayMerge.of(spec).run();
    assertFilled(lower, "upper");
    assertEquals(
        List.of(""), List.copyOf(new DirectoryContent(spec.upper().orElseThrow()).entryNames()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void directoriesOfTheLowerStayWhateverTheirNames(boolean across) throws IOException {
    Path lower = lower(across);
    fill(lower, "lower");
    OverlaySpec spec = spec(lower);
    try (OverlayMount mount = Overlays.mount(spec)) {
      Files.writeString(mount.root().resolve("new"), "new");
    }
    OverlayMerge.of(spec).run();
    assertFilled(lower, "lower");
    assertTrue(Files.exists(lower.resolve("new")));
  }

  /** A whiteout of such a name is one as any other. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatTheViewHasDeletedIsDeletedWhateverItsName(boolean across) throws IOException {
    Path lower = lower(across);
    fill(lower, "lower");
    OverlaySpec spec = spec(lower);
    try (OverlayMount mount = Overlays.mount(spec)) {
      for (String name : NAMES) {
        Sandbox.run("rm", "-r", mount.root().resolve(name).toString());
      }
    }
    OverlayMerge.of(spec).run();
    assertEquals(List.of(""), List.copyOf(new DirectoryContent(lower).entryNames()));
  }

  private OverlaySpec twoLowers() throws IOException {
    Path top = sandbox.createDirectory("disk/layers/top");
    Path bottom = sandbox.createDirectory("disk/layers/bottom");
    FormatWorkload.runShell("cd \"$1\"; mkdir -p d/e; echo old > d/a; echo old > d/e/b", bottom);
    OverlaySpec maker =
        OverlaySpec.builder()
            .lower(bottom)
            .upper(top)
            .work(sandbox.createDirectory("disk/layers/work"))
            .mountPoint(sandbox.createDirectory("disk/layers/mnts"))
            .options(o -> o.withRedirectDir(RedirectDir.ON))
            .build();
    try (OverlayMount mount = Overlays.mount(maker)) {
      FormatWorkload.runShell(
          "cd \"$1\"; mv d moved; echo new > moved/a; rm moved/e/b", mount.root());
    }
    return OverlaySpec.builder()
        .lower(top)
        .lower(bottom)
        .options(options -> options.withRedirectDir(RedirectDir.ON))
        .build();
  }

  @Test
  void directoriesBesideSquashedLayersStayWhateverTheirNames() throws IOException {
    OverlaySpec spec = twoLowers();
    Path beside = disk.resolve("layers");
    fill(beside, "mine");
    OverlaySquash.of(spec).run();
    assertFilled(beside, "mine");
    assertEquals("new\n", Files.readString(beside.resolve("bottom/moved/a")));
  }

  @Test
  void aSquashThatWasCutOffLeavesNothingBesideTheLayers() throws IOException {
    OverlaySpec spec = twoLowers();
    SortedSet<String> before = names();
    for (long crash = 1; ; crash++) {
      FaultyLayerStore store = new FaultyLayerStore(LayerStore.of(disk)).crashAt(crash);
      try {
        OverlaySquash.of(spec).store(store).run();
        break;
      } catch (OverlayException e) {
        assertTrue(store.hasCrashed(), e::getMessage);
      }
    }
    assertEquals(before, names());
    List<String> marks = new DirectoryContent(disk.resolve("layers/top")).listMarks();
    assertTrue(marks.stream().noneMatch(mark -> mark.contains(".merge_")), marks::toString);
    assertEquals(List.of(), new DirectoryContent(disk.resolve("layers/bottom")).listMarks());
    assertEquals(List.of(), OverlayCheck.of(spec).run());
  }

  /** The names beside the layers. */
  private SortedSet<String> names() throws IOException {
    SortedSet<String> names = new DirectoryContent(disk.resolve("layers")).entryNames();
    names.removeIf(name -> name.contains("/"));
    return names;
  }
}
