package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.RandomMoves;
import dev.overlays.linux.layer.RandomWork;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promise of a merge under every option that changes what the kernel makes of layers: it is cut
 * off again and again, and after each cut the kernel mounts what is there and shows what it showed.
 */
@Tag("long")
class OptionsCrashTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 6);
  private static final long FIRST = Long.getLong("overlays.seed", 0);

  @AutoClose private Sandbox sandbox;
  private Path disk;
  private Path lowerDisk;
  private final List<String> wrong = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @ParameterizedTest
  @CsvSource({"tmpfs, false", "ext4, false", "xfs, false", "btrfs, false", "ext4, true"})
  void theKernelShowsTheSameAfterEveryCut(String fileSystem, boolean across) throws IOException {
    disk = disk("disk", fileSystem);
    lowerDisk = across ? disk("lowers", "xfs") : disk;
    // Each seed has the next options, and the next file system has other layers for them.
    List<ViewOptions> all = List.of(ViewOptions.values());
    long shift = across ? 1 : fileSystem.length();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      ViewOptions options = all.get((int) (seed % all.size()));
      boolean scripted = (seed + seed / all.size() + shift) % 2 == 0;
      check(seed, options, scripted, options + " on " + fileSystem + ", -Doverlays.seed=" + seed);
    }
    assertEquals("", String.join("\n", wrong));
  }

  private Path disk(String name, String fileSystem) throws IOException {
    return fileSystem.equals("tmpfs")
        ? sandbox.mountDisk(name)
        : sandbox.mountImage(name, fileSystem, 320);
  }

  private void check(long seed, ViewOptions options, boolean scripted, String what)
      throws IOException {
    OverlaySpec spec = make(seed, options, scripted);
    List<String> everything;
    try (OverlayMount mount = Overlays.mount(spec)) {
      everything = shown(mount).withDirectoryTimes().manifest();
    }
    List<String> view = view(spec);
    long crash = 1;
    while (true) {
      FaultyLayerStore store = new FaultyLayerStore(LayerStore.of(disk)).crashAt(crash);
      store.shuffleListings(seed + crash);
      String[] last = {""};
      store.setHook(
          new FaultyLayerStore.OperationHook() {
            @Override
            public void afterChange(FileOperation operation, String path) {
              last[0] = operation + " of " + path;
            }
          });
      try {
        OverlayMerge.of(spec).store(store).workers(seed % 4 == 3 ? 2 : 1).run();
        break;
      } catch (OverlayException e) {
        assertTrue(store.hasCrashed(), () -> what + ": " + e);
      }
      String when = what + ", cut at " + crash + " after " + last[0];
      compare(when, view, view(spec));
      crash += 1 + crash / 20 + seed % 3;
    }
    compare(what + ": the lower", everything, lower(spec).withDirectoryTimes().manifest());
    compare(
        what + ": marks in the lower",
        List.of(),
        new DirectoryContent(spec.lowers().get(0)).listMarks());
    compare(what + ": the view in the end", view, view(spec));
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

  private static LayerView lower(OverlaySpec spec) throws IOException {
    Path lower = spec.lowers().get(0);
    return LayerView.ofSingleLayer(LayerStore.of(lower), lower, MarkNamespace.TRUSTED);
  }

  private OverlaySpec make(long seed, ViewOptions options, boolean scripted) throws IOException {
    String name = options.name() + seed;
    Path lower = Files.createDirectories(lowerDisk.resolve("lower-" + name));
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower)
            .instance(disk.resolve(name))
            .options(o -> options.overlayOptions())
            .build();
    if (scripted) {
      FormatWorkload.fillLower(lower);
      IndexTest.links(lower);
      try (OverlayMount mount = Overlays.mount(spec)) {
        FormatWorkload.changeView(mount.root(), options.allowsRenames());
        FormatWorkload.runShell(IndexTest.LINKS, mount.root());
      }
      return spec;
    }
    LayerStore store = LayerStore.of(disk);
    Path unused = Files.createDirectories(disk.resolve("unused-" + name));
    RandomLayers.of(seed, MarkNamespace.TRUSTED).withNodes().fillLayers(store, lower, unused);
    for (int session = 0; session < 2; session++) {
      try (OverlayMount mount = Overlays.mount(spec)) {
        RandomMoves.in(store, mount.root(), seed * 1000 + session * 100L, 40);
        if (session == 0) {
          RandomWork.in(mount.root(), seed);
        }
      }
    }
    return spec;
  }

  /** Somebody on the machine who looks into all views may hold this one for a moment. */
  private static List<String> view(OverlaySpec spec) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    try {
      return manifest(mount);
    } finally {
      mount.close(UnmountOptions.waitingUpTo(Duration.ofSeconds(10)));
    }
  }

  /** A name that the kernel lists and cannot find would end the listing. */
  private static List<String> manifest(OverlayMount mount) throws OverlayException {
    try {
      return shown(mount).withoutHardLinks().manifest();
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  private static LayerView shown(OverlayMount mount) throws OverlayException {
    return LayerView.ofMounted(LayerStore.of(mount.root()), mount.root());
  }
}
