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
import dev.overlays.linux.Holder;
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
  private static final List<String> PRIVATE = List.of(Recipe.CONFIG);

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private Path place(String fileSystem) throws IOException {
    return fileSystem.equals("tmpfs")
        ? sandbox.tmpfs("place")
        : sandbox.image("place", fileSystem, 320);
  }

  private static Layer upper(OverlaySpec spec) {
    return new Layer(spec.upper().orElseThrow());
  }

  /** Mounts an instance that has not been mounted yet, and works with it. */
  private static OverlayMount work(OverlaySpec spec, int instance) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    assertFalse(Files.exists(mount.root().resolve(Recipe.CONFIG)), "the lower's configuration");
    Recipe.change(mount.root(), instance);
    Recipe.configure(mount.root(), instance);
    return mount;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs"})
  void mergesThreeInstances(String fileSystem) throws IOException {
    Path place = place(fileSystem);
    Layer lower = new Layer(Recipe.make(place.resolve("static_cache")));
    Path plain = sandbox.path("plain");
    Sandbox.run("cp", "-a", lower.root().toString(), plain.toString());
    List<String> before = lower.manifest();
    List<OverlayMount> mounts = new ArrayList<>();
    for (int i = 0; i < Recipe.INSTANCES; i++) {
      mounts.add(work(Recipe.spec(lower.root(), place, i), i));
      Recipe.change(plain, i);
    }
    for (int i = 0; i < Recipe.INSTANCES; i++) {
      OverlayMount mount = mounts.get(i);
      assertEquals(
          Recipe.identity(i), Files.readString(mount.root().resolve(Recipe.CONFIG)), fileSystem);
      assertEquals(Recipe.changed(i), upper(mount.spec()).names());
    }
    assertEquals(before, lower.manifest());
    for (OverlayMount mount : mounts) {
      mount.close();
    }
    assertEquals(before, lower.manifest());

    for (OverlayMount mount : mounts) {
      OverlayMerge.of(mount.spec()).run();
      assertEquals(Recipe.privateOnly(), upper(mount.spec()).names());
    }
    SortedMap<String, String> expected = new Layer(plain).contents();
    assertEquals(expected, lower.contents());
    assertEquals(List.of(), lower.marks());
    assertEquals(configuration(before), configuration(lower.manifest()));
    for (int i = 0; i < Recipe.INSTANCES; i++) {
      expected.put(Recipe.CONFIG, Recipe.identity(i));
      try (OverlayMount mount = Overlays.mount(mounts.get(i).spec())) {
        assertEquals(expected, new Layer(mount.root()).contents());
      }
    }
  }

  private static List<String> configuration(List<String> manifest) {
    return manifest.stream().filter(line -> line.startsWith(Recipe.CONFIG + ' ')).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4", "xfs", "btrfs"})
  void makesTheLowerWhatTheViewWas(String fileSystem) throws IOException {
    Path place = place(fileSystem);
    merges(new Layer(Recipe.make(place.resolve("static_cache"))), place);
  }

  private void merges(Layer lower, Path place) throws IOException {
    List<String> before = lower.manifest();
    OverlaySpec spec = Recipe.spec(lower.root(), place, 0);
    List<String> view;
    try (OverlayMount mount = work(spec, 0)) {
      view = new Layer(mount.root()).manifest();
    }
    OverlayMerge.of(spec).run();
    assertEquals(Layer.without(view, PRIVATE), Layer.without(lower.manifest(), PRIVATE));
    assertEquals(configuration(before), configuration(lower.manifest()));
    assertEquals(List.of(), lower.marks());
    assertEquals(Recipe.privateOnly(), upper(spec).names());
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(view, new Layer(mount.root()).manifest());
    }
  }

  /** Works over a lower that cannot be merged into, and returns how the merge is refused. */
  private OverlayException refused(Layer lower) throws IOException {
    List<String> before = lower.manifest();
    OverlaySpec spec = Recipe.spec(lower.root(), sandbox.root(), 0);
    try (OverlayMount mount = work(spec, 0)) {
      assertEquals(Recipe.identity(0), Files.readString(mount.root().resolve(Recipe.CONFIG)));
      assertEquals(Recipe.changed(0), upper(spec).names());
      assertEquals(before, lower.manifest());
    }
    String written = upper(spec).everything();
    OverlayException e = assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertEquals(written, upper(spec).everything());
    assertEquals(before, lower.manifest());
    return e;
  }

  private static List<ProblemCode> codes(OverlayException e) {
    return e.problems().stream().map(Problem::code).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"squashfs", "erofs"})
  void doesNotMergeIntoAnImage(String fileSystem) throws IOException {
    Path plain = Recipe.make(sandbox.path("plain"));
    Path image = sandbox.packed("static_cache", fileSystem, plain);
    OverlayException e = refused(new Layer(image));
    assertEquals(List.of(ProblemCode.MERGE_LOWER_READ_ONLY), codes(e));
  }

  @Test
  void mergesIntoAnotherView() throws IOException {
    Recipe.make(sandbox.path("lower"));
    try (OverlayMount other = Overlays.mount(sandbox.layers().build())) {
      merges(new Layer(other.root()), sandbox.root());
    }
  }

  /** Two instances; the first is to be merged while the other is mounted. */
  private void assertInUse(OverlaySpec spec, Path mountPoint) throws IOException {
    Layer lower = new Layer(spec.lowers().get(0));
    String before = lower.everything() + upper(spec).everything();
    OverlayException e = assertThrows(OverlayException.class, () -> OverlayMerge.of(spec).run());
    assertTrue(
        e.problems().stream()
            .anyMatch(
                problem ->
                    problem.code() == ProblemCode.LAYER_IN_USE
                        && problem.toString().contains(mountPoint.toString())),
        e.problems()::toString);
    assertEquals(before, lower.everything() + upper(spec).everything());
  }

  private OverlaySpec worked(int instance) throws IOException {
    OverlaySpec spec = Recipe.spec(sandbox.path("lower"), sandbox.root(), instance);
    work(spec, instance).close();
    return spec;
  }

  @Test
  void doesNotMergeWhileAnInstanceIsMounted() throws IOException {
    Recipe.make(sandbox.path("lower"));
    OverlaySpec first = worked(0);
    try (OverlayMount mount = Overlays.mount(worked(1))) {
      assertInUse(first, mount.root());
      assertInUse(mount.spec(), mount.root());
    }
    OverlayMerge.of(first).run();
  }

  @Test
  void doesNotMergeWhileAnInstanceIsMountedInAnotherNamespace() throws IOException {
    Recipe.make(sandbox.path("lower"));
    OverlaySpec first = worked(0);
    OverlaySpec other = worked(1);
    Path mountPoint = other.mountPoint().orElseThrow();
    try (Holder holder =
        Holder.inOwnNamespace(
            "mount -t overlay -o lowerdir=$1,upperdir=$2,workdir=$3 overlay $4",
            other.lowers().get(0),
            other.upper().orElseThrow(),
            other.work().orElseThrow(),
            mountPoint)) {
      assertTrue(holder.pid() > 0);
      assertInUse(first, mountPoint);
      assertInUse(other, mountPoint);
    }
    OverlayMerge.of(first).run();
  }
}
