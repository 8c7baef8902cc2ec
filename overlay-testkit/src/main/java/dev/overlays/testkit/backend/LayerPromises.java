package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about the layers after a view is unmounted, and about independent instances. */
abstract class LayerPromises extends ContractPromises {
  private static final int THREADS = 8;
  private static final int INSTANCES = 32;
  private static final String SUM = "crc32c=";

  LayerPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private void fillLower() throws IOException {
    sandbox().makeFile("lower/changed", "lower");
    sandbox().makeFile("lower/gone", "lower");
    sandbox().makeFile("lower/kept", "lower");
    sandbox().makeFile("lower/directory/gone", "lower");
    sandbox().makeFile("lower/directory/kept", "lower");
    sandbox().makeFile("lower/anew/old", "lower");
  }

  private static void changeView(Path root) throws IOException {
    Files.writeString(root.resolve("changed"), "changed");
    Files.writeString(root.resolve("new"), "new");
    Files.delete(root.resolve("gone"));
    Files.delete(root.resolve("directory/gone"));
    Files.delete(root.resolve("anew/old"));
    Files.delete(root.resolve("anew"));
    Files.createDirectory(root.resolve("anew"));
    Files.writeString(root.resolve("anew/new"), "new");
  }

  @Test
  @DisplayName("6.1 what was written is in the upper, and nothing else")
  void upperHasWhatWasWritten() throws IOException {
    fillLower();
    try (OverlayMount mount = sandbox().mount()) {
      Files.readString(mount.root().resolve("kept"));
      Files.writeString(mount.root().resolve("new"), "new");
      Files.writeString(mount.root().resolve("changed"), "changed");
    }
    Path upper = sandbox().pathOf("upper");
    assertEquals(List.of("changed", "new"), VisibleTree.namesIn(upper));
    assertEquals("changed", Files.readString(upper.resolve("changed")));
    assertEquals("new", Files.readString(upper.resolve("new")));
  }

  /** The test kit reads the layers by the kernel's rules, without a mount. */
  @Test
  @DisplayName("6.2 anybody who knows the format reads the same view from the layers")
  void layersTellTheView() throws IOException {
    fillLower();
    OverlaySpec spec = sandbox().specOfLayers().build();
    SortedSet<String> shown = new TreeSet<>();
    try (OverlayMount mount = sandbox().mount(spec)) {
      changeView(mount.root());
      sandbox().viewLines(mount).forEach((path, line) -> shown.add(path + kindAndSum(line)));
    }
    SortedSet<String> read = new TreeSet<>();
    LayerView view =
        LayerView.of(
            sandbox().layerStore(),
            spec.upper().orElseThrow(),
            spec.lowers(),
            sandbox().markNamespace());
    for (String line : view.manifest()) {
      if (!line.startsWith(". ")) {
        read.add(pathAndSum(line));
      }
    }
    assertEquals(shown, read);
  }

  /** Extracts the kind, and the sum of a file's data, from a line of the tree. */
  private static String kindAndSum(String line) {
    return line.startsWith("file ") ? " " + line.split(" ", 4)[2] : " directory";
  }

  /** Extracts the path, the kind and the sum of a file's data from a line of a manifest. */
  private static String pathAndSum(String line) {
    String path = line.substring(0, line.indexOf(' '));
    int sum = line.indexOf(SUM);
    return sum < 0
        ? path + " directory"
        : path + " " + line.substring(sum + SUM.length()).split(" ", 2)[0];
  }

  @Test
  @DisplayName("6.3 instances over one lower see nothing of each other")
  void instancesAreIndependent() throws IOException {
    fillLower();
    OverlaySpec first = sandbox().specOfLayers().build();
    OverlaySpec second = sandbox().specOfLayers("other-").build();
    try (OverlayMount one = sandbox().mount(first);
        OverlayMount other = sandbox().mount(second)) {
      changeView(one.root());
      Files.writeString(other.root().resolve("new"), "another");
      assertEquals("lower", Files.readString(other.root().resolve("changed")));
      assertTrue(Files.exists(other.root().resolve("gone")));
      assertEquals(List.of("old"), VisibleTree.namesIn(other.root().resolve("anew")));
      assertEquals("new", Files.readString(one.root().resolve("new")));
    }
    try (OverlayMount other = sandbox().mount(second)) {
      assertEquals("another", Files.readString(other.root().resolve("new")));
      assertEquals("lower", Files.readString(other.root().resolve("changed")));
    }
    assertFalse(Files.exists(sandbox().pathOf("other-upper/changed")));
  }

  @Test
  @DisplayName("6.4 many threads mount over one lower at once")
  void manyThreadsMountAtOnce() throws Exception {
    sandbox().makeFile("lower/shared", "shared");
    Path instances = sandbox().makeDirectory("instances");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> tasks =
          IntStream.range(0, INSTANCES)
              .mapToObj(i -> (Callable<Void>) () -> mountAndWrite(instances.resolve("" + i), i))
              .toList();
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdown();
    }
    for (int i = 0; i < INSTANCES; i++) {
      Path upper = instances.resolve(i + "/upper");
      assertEquals(List.of("own-" + i), VisibleTree.namesIn(upper));
      assertEquals("written by " + i, Files.readString(upper.resolve("own-" + i)));
    }
  }

  private Void mountAndWrite(Path instance, int number) throws IOException {
    OverlaySpec spec =
        sandbox().specWithoutLayers().lower(sandbox().pathOf("lower")).instance(instance).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("shared", Files.readString(mount.root().resolve("shared")));
      Files.writeString(mount.root().resolve("own-" + number), "written by " + number);
      assertEquals(List.of("own-" + number, "shared"), VisibleTree.namesIn(mount.root()));
    }
    return null;
  }

  @Test
  @DisplayName("6.5 layers may be named by a symbolic link, or relative to the working directory")
  void layersByAnyPath() throws IOException {
    sandbox().makeFile("lower/shared", "shared");
    Path link = sandbox().pathOf("link");
    Files.createSymbolicLink(link, sandbox().pathOf("lower").getFileName());
    Path here = link.getFileSystem().getPath("").toAbsolutePath();
    Path place = sandbox().pathOf("").toAbsolutePath();
    OverlaySpec spec =
        sandbox()
            .specWithoutLayers()
            .lower(link)
            .instance(here.relativize(place).resolve("instance"))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(spec, mount.spec());
      assertTrue(mount.root().isAbsolute(), mount.root()::toString);
      assertEquals("shared", Files.readString(mount.root().resolve("shared")));
      Files.writeString(mount.root().resolve("new"), "new");
      if (IdentityPromises.isRegistered(sandbox())) {
        assertTrue(Overlays.find(spec.mountPoint().orElseThrow()).isPresent());
        assertTrue(Overlays.find(place.resolve("instance/mnts")).isPresent());
      }
    }
    assertEquals("new", Files.readString(sandbox().pathOf("instance/upper/new")));
  }
}
