package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.ConflictKind;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.SharedMergeReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges three instances of one cache, mounted by the kernel, with each conflict policy. */
class SharedCacheTest {
  @AutoClose private Sandbox sandbox;
  private Path lower;
  private final List<OverlaySpec> specs = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** The first renames a directory, the second deletes, the third stays; all download. */
  private void make(String fileSystem) throws IOException {
    Path place =
        fileSystem.equals("tmpfs")
            ? sandbox.mountTmpfs("place")
            : sandbox.mountImage("place", fileSystem, 64);
    lower = sandbox.createDirectory("place/lower");
    sh(lower, "mkdir old cache; for f in old/a old/b cache/c cache/d; do echo $f > $f; done");
    for (String name : List.of("first", "second", "third")) {
      OverlaySpec spec =
          OverlaySpec.builder()
              .lower(lower)
              .instance(place.resolve(name))
              .options(o -> o.withRedirectDir(RedirectDir.ON))
              .build();
      specs.add(spec);
      work(spec, "mkdir new; echo same > new/same; echo " + name + " > new/" + name);
      work(spec, "touch -d '2020-01-01 12:00:00' new/same");
    }
    work(specs.get(0), "mv cache moved; echo one > both");
    work(specs.get(1), "rm old/a; echo two > both");
    work(specs.get(2), "rm old/a; echo changed > cache/d");
  }

  private static void sh(Path directory, String script) throws IOException {
    Sandbox.run("sh", "-ec", "cd \"$1\"\n" + script, "sh", directory.toString());
  }

  private static void work(OverlaySpec spec, String script) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      sh(mount.root(), script);
    }
  }

  private static SortedMap<String, String> view(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return new DirectoryContent(mount.root()).fileContents();
    }
  }

  private SharedMerge merge(ConflictPolicy policy) {
    return OverlayMerge.into(lower)
        .uppers(specs.subList(0, 2))
        .keepUppers(specs.get(2))
        .policy(policy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void instancesMergeOneAfterTheOther(String fileSystem) throws IOException {
    make(fileSystem);
    SharedMergeReport report = merge(ConflictPolicy.IN_ORDER).run();
    // The cache that was renamed, and what the second has deleted and the first still shows.
    assertEquals(2, report.conflicts(ConflictKind.DELETED), report::toString);
    // The file of both, and what the third has changed in the renamed cache.
    assertEquals(2, report.conflicts(ConflictKind.CHANGED), report::toString);
    SortedMap<String, String> shared = new DirectoryContent(lower).fileContents();
    assertEquals("two\n", shared.get("both"));
    assertEquals("cache/c\n", shared.get("moved/c"));
    assertEquals("first\n", shared.get("new/first"));
    assertEquals("second\n", shared.get("new/second"));
    assertFalse(shared.containsKey("cache") || shared.containsKey("old/a"), () -> "" + shared);
    assertEquals(shared, view(specs.get(0)));
    assertEquals(shared, view(specs.get(1)));
    assertEquals(List.of(), new DirectoryContent(lower).listMarks());

    SortedMap<String, String> third = view(specs.get(2));
    shared.put("cache", "no file");
    shared.put("cache/d", "changed\n");
    shared.put("new/third", "third\n");
    assertEquals(shared, third);
    assertTrue(OverlayVacuum.of(specs.get(2)).run().filesRemoved() >= 1);
    assertEquals(third, view(specs.get(2)));
    assertFalse(
        new DirectoryContent(specs.get(2).upper().orElseThrow())
            .entryNames()
            .contains("new/same f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void deletesWhatAllHaveDeleted(String fileSystem) throws IOException {
    make(fileSystem);
    merge(ConflictPolicy.DELETE_COMMON).run();
    SortedMap<String, String> shared = new DirectoryContent(lower).fileContents();
    assertEquals("old/a\n", shared.get("old/a"));
    assertEquals("cache/c\n", shared.get("cache/c"));
    assertEquals("cache/c\n", shared.get("moved/c"));
    SortedMap<String, String> first = view(specs.get(0));
    assertFalse(first.containsKey("cache"), () -> "" + first);
    assertEquals("old/a\n", first.get("old/a"));
    SortedMap<String, String> second = view(specs.get(1));
    assertFalse(second.containsKey("old/a"), () -> "" + second);
    assertEquals("cache/c\n", second.get("cache/c"));
    SortedMap<String, String> third = view(specs.get(2));
    assertFalse(third.containsKey("old/a"), () -> "" + third);
    assertEquals("changed\n", third.get("cache/d"));
    assertEquals("cache/c\n", third.get("cache/c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void conflictsAreRefused(String fileSystem) throws IOException {
    make(fileSystem);
    List<String> before = new DirectoryContent(lower).manifest();
    SharedMerge merge = merge(ConflictPolicy.REFUSE);
    OverlayException e = assertThrows(OverlayException.class, merge::run);
    assertEquals(4, e.problems().size());
    assertTrue(e.has(ProblemCode.MERGE_CONFLICT), e::getMessage);
    assertEquals(before, new DirectoryContent(lower).manifest());
    merge.exclude("cache", "moved", "both", "old").run();
    assertEquals("second\n", new DirectoryContent(lower).fileContents().get("new/second"));
  }
}
