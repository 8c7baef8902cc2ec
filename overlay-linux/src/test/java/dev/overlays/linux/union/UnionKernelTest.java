package dev.overlays.linux.union;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.union.UnionFileSystem;
import dev.overlays.testkit.union.UnionFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The union file system beside the kernel's: the same operations in both, over the same lowers,
 * with the same results, the same view and the same upper; then each shows the upper of the other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnionKernelTest {
  private static final FileTime OLD =
      FileTime.from(Instant.ofEpochSecond(1_500_000_000L, 123456789));

  @AutoClose private Sandbox sandbox;
  private Path disk;
  private LayerStore store;
  private List<Path> lowers;
  private int count;

  @BeforeAll
  void mount() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountDisk("disk");
    store = LayerStore.of(disk);
    lowers = List.of(disk.resolve("lower1"), disk.resolve("lower0"));
    fill(lowers.get(1), lowers.get(0));
  }

  @TestFactory
  Stream<DynamicTest> plain() {
    return tests(ViewScripts.plainScripts(), OverlayOptions.defaults());
  }

  @TestFactory
  Stream<DynamicTest> withoutRedirects() {
    return tests(
        ViewScripts.markedScripts(REPLACE_EXISTING, ATOMIC_MOVE), OverlayOptions.defaults());
  }

  @TestFactory
  Stream<DynamicTest> withRedirects() {
    return tests(
        ViewScripts.markedScripts(ATOMIC_MOVE),
        OverlayOptions.defaults().withRedirectDir(RedirectDir.ON));
  }

  @TestFactory
  Stream<DynamicTest> withMetacopy() {
    return tests(
        ViewScripts.markedScripts(ATOMIC_MOVE),
        OverlayOptions.defaults().withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  @TestFactory
  Stream<DynamicTest> readOnly() {
    return tests(ViewScripts.plainScripts(), OverlayOptions.defaults(), MountAttribute.READ_ONLY);
  }

  private Stream<DynamicTest> tests(
      List<RecordedScript.NamedScript> scripts,
      OverlayOptions options,
      MountAttribute... attributes) {
    return scripts.stream()
        .map(
            script ->
                DynamicTest.dynamicTest(script.name(), () -> compare(script, options, attributes)));
  }

  private void compare(
      RecordedScript.NamedScript script, OverlayOptions options, MountAttribute... attributes)
      throws IOException {
    Path bed = Files.createDirectory(disk.resolve("bed" + count++));
    OverlaySpec kernel = spec(bed.resolve("kernel"), options, attributes);
    OverlaySpec union = spec(bed.resolve("union"), options, attributes);
    String results;
    String view;
    try (OverlayMount mount = Overlays.mount(kernel)) {
      results = RecordedScript.playScript(script, mount.root());
      view = ShownText.of(mount.root(), false);
    }
    try (UnionFileSystem files = UnionFileSystems.open(union)) {
      assertEquals(results, RecordedScript.playScript(script, files.getPath("/")), "results");
      assertEquals(view, ShownText.of(files.getPath("/"), false), "view");
    }
    assertEquals(upper(kernel), upper(union), "upper");
    try (OverlayMount mount = Overlays.mount(union);
        UnionFileSystem files = UnionFileSystems.open(kernel)) {
      assertEquals(view, ShownText.of(mount.root(), false), "the union's upper, mounted");
      assertEquals(
          view, ShownText.of(files.getPath("/"), false), "the kernel's upper in the union");
    }
    try (OverlayMount mount = Overlays.mount(kernel);
        UnionFileSystem files = UnionFileSystems.open(kernel)) {
      assertEquals(
          ShownText.of(mount.root(), true), ShownText.of(files.getPath("/"), true), "times");
    }
    try (LayerDirectory root = store.open(disk)) {
      LayerEntries.removeTree(root, Name.of(bed.getFileName().toString()));
    }
  }

  private OverlaySpec spec(Path root, OverlayOptions options, MountAttribute... attributes)
      throws IOException {
    for (String name : List.of("upper", "work", "mnts")) {
      Files.createDirectories(root.resolve(name));
    }
    return OverlaySpec.builder()
        .lowers(lowers)
        .instance(root)
        .options(options)
        .attributes(attributes)
        .build();
  }

  /** The entries of the upper, without the marks and the times of what was made just now. */
  private String upper(OverlaySpec spec) throws IOException {
    return String.join(
            "\n",
            LayerView.ofSingleLayer(store, spec.upper().orElseThrow(), MarkNamespace.TRUSTED)
                .withoutHardLinks()
                .manifest())
        .replaceAll(" mtime=2[0-9TZ:.-]*", "");
  }

  private static void fill(Path base, Path top) throws IOException {
    Files.createDirectory(base);
    Files.createDirectories(base.resolve("tree/inner/deep"));
    Files.createDirectory(base.resolve("empty"));
    Files.createDirectory(base.resolve("gone"));
    Files.writeString(base.resolve("gone/left"), "left");
    Files.writeString(base.resolve("file"), "content of the file");
    Files.writeString(base.resolve("other"), "other");
    Files.writeString(base.resolve("zero"), "");
    Files.writeString(base.resolve("tree/leaf"), "leaf");
    Files.writeString(base.resolve("tree/inner/deep/end"), "end");
    Files.writeString(base.resolve("twin"), "twins");
    Files.createLink(base.resolve("tree/twin"), base.resolve("twin"));
    Files.createSymbolicLink(base.resolve("link"), Path.of("file"));
    Files.createSymbolicLink(base.resolve("slink"), Path.of("tree/"));
    Files.createSymbolicLink(base.resolve("dangling"), Path.of("tree/nothing"));
    Files.createSymbolicLink(base.resolve("loop"), Path.of("loop2"));
    Files.createSymbolicLink(base.resolve("loop2"), Path.of("loop"));
    Sandbox.run("mkfifo", "-m", "640", base.resolve("pipe").toString());
    Files.setAttribute(base.resolve("file"), "user:mime", "text/plain".getBytes(UTF_8));
    Files.setAttribute(base.resolve("tree"), "user:what", "tree".getBytes(UTF_8));
    Files.setAttribute(base.resolve("other"), "unix:mode", 04755);
    Files.setAttribute(base.resolve("empty"), "unix:uid", 42);
    Files.createDirectories(top.resolve("tree/inner"));
    Files.writeString(top.resolve("tree/more"), "more");
    Sandbox.run("mknod", top.resolve("gone").toString(), "c", "0", "0");
    for (Path layer : List.of(base, top)) {
      try (var all = Files.walk(layer)) {
        for (Path path : all.toList()) {
          // The JDK would open the pipe, and wait for a writer.
          if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
              || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.setLastModifiedTime(path, OLD);
          }
        }
      }
    }
  }
}
