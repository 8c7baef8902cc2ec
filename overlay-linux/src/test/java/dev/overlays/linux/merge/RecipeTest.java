package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shared cache of the shell recipe, from the first mount to the one after the merge. */
class RecipeTest {
  private static final List<String> PRIVATE = List.of(RecipeCache.CONFIG);

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private Path place(String fileSystem) throws IOException {
    return fileSystem.equals("tmpfs")
        ? sandbox.mountTmpfs("place")
        : sandbox.mountImage("place", fileSystem, 320);
  }

  private static DirectoryContent upper(OverlaySpec spec) {
    return new DirectoryContent(spec.upper().orElseThrow());
  }

  /** Mounts an instance that has not been mounted yet, and works with it. */
  private static OverlayMount work(OverlaySpec spec, int instance) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    assertFalse(
        Files.exists(mount.root().resolve(RecipeCache.CONFIG)), "the lower's configuration");
    RecipeCache.changeInstance(mount.root(), instance);
    RecipeCache.configureInstance(mount.root(), instance);
    return mount;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs"})
  void mergesThreeInstances(String fileSystem) throws IOException {
    Path place = place(fileSystem);
    DirectoryContent lower =
        new DirectoryContent(RecipeCache.makeLower(place.resolve("static_cache")));
    Path plain = sandbox.path("plain");
    Sandbox.run("cp", "-a", lower.root().toString(), plain.toString());
    List<String> before = lower.manifest();
    List<OverlayMount> mounts = new ArrayList<>();
    for (int i = 0; i < RecipeCache.INSTANCES; i++) {
      mounts.add(work(RecipeCache.spec(lower.root(), place, i), i));
      RecipeCache.changeInstance(plain, i);
    }
    for (int i = 0; i < RecipeCache.INSTANCES; i++) {
      OverlayMount mount = mounts.get(i);
      assertEquals(
          RecipeCache.identityText(i),
          Files.readString(mount.root().resolve(RecipeCache.CONFIG)),
          fileSystem);
      assertEquals(RecipeCache.changedPaths(i), upper(mount.spec()).entryNames());
    }
    assertEquals(before, lower.manifest());
    for (OverlayMount mount : mounts) {
      mount.close();
    }
    assertEquals(before, lower.manifest());

    for (OverlayMount mount : mounts) {
      OverlayMerge.of(mount.spec()).run();
      assertEquals(RecipeCache.privateOnly(), upper(mount.spec()).entryNames());
    }
    SortedMap<String, String> expected = new DirectoryContent(plain).fileContents();
    assertEquals(expected, lower.fileContents());
    assertEquals(List.of(), lower.listMarks());
    assertEquals(configuration(before), configuration(lower.manifest()));
    for (int i = 0; i < RecipeCache.INSTANCES; i++) {
      expected.put(RecipeCache.CONFIG, RecipeCache.identityText(i));
      try (OverlayMount mount = Overlays.mount(mounts.get(i).spec())) {
        assertEquals(expected, new DirectoryContent(mount.root()).fileContents());
      }
    }
  }

  private static List<String> configuration(List<String> manifest) {
    return manifest.stream().filter(line -> line.startsWith(RecipeCache.CONFIG + ' ')).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs"})
  void makesTheLowerWhatTheViewWas(String fileSystem) throws IOException {
    Path place = place(fileSystem);
    merges(new DirectoryContent(RecipeCache.makeLower(place.resolve("static_cache"))), place);
  }

  private void merges(DirectoryContent lower, Path place) throws IOException {
    List<String> before = lower.manifest();
    OverlaySpec spec = RecipeCache.spec(lower.root(), place, 0);
    List<String> view;
    try (OverlayMount mount = work(spec, 0)) {
      view = new DirectoryContent(mount.root()).manifest();
    }
    OverlayMerge.of(spec).run();
    assertEquals(
        DirectoryContent.withoutPaths(view, PRIVATE),
        DirectoryContent.withoutPaths(lower.manifest(), PRIVATE));
    assertEquals(configuration(before), configuration(lower.manifest()));
    assertEquals(List.of(), lower.listMarks());
    assertEquals(RecipeCache.privateOnly(), upper(spec).entryNames());
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(view, new DirectoryContent(mount.root()).manifest());
    }
  }

  /** Works over a lower that cannot be merged into, and returns how the merge is refused. */
  private OverlayException refused(DirectoryContent lower) throws IOException {
    List<String> before = lower.manifest();
    OverlaySpec spec = RecipeCache.spec(lower.root(), sandbox.root(), 0);
    try (OverlayMount mount = work(spec, 0)) {
      assertEquals(
          RecipeCache.identityText(0), Files.readString(mount.root().resolve(RecipeCache.CONFIG)));
      assertEquals(RecipeCache.changedPaths(0), upper(spec).entryNames());
      assertEquals(before, lower.manifest());
    }
    String written = upper(spec).describeEverything();
    OverlayException e = assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertEquals(written, upper(spec).describeEverything());
    assertEquals(before, lower.manifest());
    return e;
  }

  private static List<ProblemCode> codes(OverlayException e) {
    return e.problems().stream().map(Problem::code).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void doesNotMergeIntoAnImage(String fileSystem) throws IOException {
    Path plain = RecipeCache.makeLower(sandbox.path("plain"));
    Path image = sandbox.mountPacked("static_cache", fileSystem, plain);
    OverlayException e = refused(new DirectoryContent(image));
    assertEquals(List.of(ProblemCode.MERGE_LOWER_READ_ONLY), codes(e));
  }

  @Test
  void mergesIntoAnotherView() throws IOException {
    RecipeCache.makeLower(sandbox.path("lower"));
    try (OverlayMount other = Overlays.mount(sandbox.newLayers().build())) {
      merges(new DirectoryContent(other.root()), sandbox.root());
    }
  }

  /** Two instances; the first is to be merged while the other is mounted. */
  private void assertInUse(OverlaySpec spec, Path mountPoint) throws IOException {
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    String before = lower.describeEverything() + upper(spec).describeEverything();
    OverlayException e = assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertTrue(
        e.problems().stream()
            .anyMatch(
                problem ->
                    problem.code() == ProblemCode.LAYER_IN_USE
                        && problem.toString().contains(mountPoint.toString())),
        e.problems()::toString);
    assertEquals(before, lower.describeEverything() + upper(spec).describeEverything());
  }

  private OverlaySpec worked(int instance) throws IOException {
    OverlaySpec spec = RecipeCache.spec(sandbox.path("lower"), sandbox.root(), instance);
    work(spec, instance).close();
    return spec;
  }

  @Test
  void doesNotMergeWhileAnInstanceIsMounted() throws IOException {
    RecipeCache.makeLower(sandbox.path("lower"));
    OverlaySpec first = worked(0);
    try (OverlayMount mount = Overlays.mount(worked(1))) {
      assertInUse(first, mount.root());
      assertInUse(mount.spec(), mount.root());
    }
    OverlayMerge.of(first).run();
  }

  @Test
  void doesNotMergeWhileAnInstanceIsMountedInAnotherNamespace() throws IOException {
    RecipeCache.makeLower(sandbox.path("lower"));
    OverlaySpec first = worked(0);
    OverlaySpec other = worked(1);
    Path mountPoint = other.mountPoint().orElseThrow();
    try (HoldingProcess holder =
        HoldingProcess.inOwnNamespace(
            "mount -t overlay -o lowerdir=$1,upperdir=$2,workdir=$3 overlay $4",
            other.lowers().get(0),
            other.upper().orElseThrow(),
            other.work().orElseThrow(),
            mountPoint)) {
      assertTrue(holder.processId() > 0);
      assertInUse(first, mountPoint);
      assertInUse(other, mountPoint);
    }
    OverlayMerge.of(first).run();
  }
}
