package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Images as umoci understands them, the reference tool of the Open Container Initiative. */
class UmociTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    Programs.require("umoci", "umoci");
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
  }

  /** Random layers, but for what umoci itself does not keep. */
  @RepeatedTest(4)
  void unpacksOurLayersToWhatTheViewShows() throws IOException {
    long seed = new Random().nextInt();
    OverlaySpec spec = layers();
    Path upper = spec.upper().orElseThrow();
    LayerStore store = LayerStore.of(upper);
    RandomLayers.of(seed, MarkNamespace.TRUSTED)
        .withEveryFormat()
        .fillLayers(store, spec.lowers(), upper);
    ImageLayout image = new ImageLayout(sandbox.createDirectory("t/image"));
    List<Path> lowers = spec.lowers();
    for (int i = lowers.size() - 1; i >= 0; i--) {
      image.add(OciLayer.of(spec, lowers.get(i)));
    }
    image.add(OciLayer.of(spec));
    Path root = unpack(image.tag("ours"));
    assertEquals(
        comparable(LayerView.of(store, upper, lowers, MarkNamespace.TRUSTED)),
        comparable(LayerView.ofSingleLayer(store, root, MarkNamespace.TRUSTED)),
        "seed " + seed);
  }

  @Test
  void itsLayersImport() throws IOException {
    OverlaySpec spec = layers();
    Path lower = spec.lowers().get(1);
    Files.createDirectories(lower.resolve("kept/inner"));
    Files.writeString(lower.resolve("kept/old"), "old");
    Files.createDirectories(lower.resolve("gone/inner"));
    Files.writeString(lower.resolve("gone/inner/file"), "file");
    Files.writeString(lower.resolve("replaced"), "file");
    ImageLayout image = new ImageLayout(sandbox.createDirectory("t/image"));
    image.add(OciLayer.of(lower, MarkNamespace.TRUSTED));
    String name = image.tag("base");
    Path root = unpack(name);
    Sandbox.run("rm", "-r", root + "/gone", root + "/replaced", root + "/kept/old");
    Files.createDirectories(root.resolve("replaced/now a directory"));
    Files.writeString(root.resolve("kept/\u00fcml\u00e4ut " + "n".repeat(200)), "new");
    Files.createLink(
        root.resolve("linked"), root.resolve("kept/\u00fcml\u00e4ut " + "n".repeat(200)));
    Files.createSymbolicLink(root.resolve("symlink"), Path.of("/nowhere/" + "n".repeat(200)));
    Sandbox.run("mkfifo", root + "/pipe");
    Sandbox.run("setfattr", "-n", "user.a", "-v", "value", root + "/linked");
    Sandbox.run("chown", "100000:3000000", root + "/linked");
    Files.setLastModifiedTime(root.resolve("linked"), FileTime.fromMillis(1_000_000_000_123L));
    Sandbox.run(
        "umoci",
        "repack",
        "--image",
        name.replace(":base", ":changed"),
        sandbox.path("t/bundle").toString());
    Path imported = sandbox.path("t/imported");
    try (InputStream in = Files.newInputStream(image.topLayer("changed"))) {
      OciImport.to(imported).run(in);
    }
    LayerStore store = LayerStore.of(imported);
    // It writes times in whole seconds.
    assertEquals(
        timeless(LayerView.ofMounted(store, root)),
        timeless(LayerView.of(store, imported, List.of(lower), MarkNamespace.TRUSTED)));
  }

  private OverlaySpec layers() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.createDirectory("t/lower1"))
        .lower(sandbox.createDirectory("t/lower2"))
        .upper(sandbox.createDirectory("t/upper"))
        .work(sandbox.createDirectory("t/work"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
        .build();
  }

  private Path unpack(String image) throws IOException {
    Path bundle = sandbox.path("t/bundle");
    Sandbox.run("umoci", "unpack", "--image", image, bundle.toString());
    return bundle.resolve("rootfs");
  }

  /** Without what it does not keep: empty extended attributes, and what is no part of a tar. */
  private static List<String> comparable(LayerView view) throws IOException {
    return view.withoutHardLinks().manifest().stream()
        .map(line -> line.replaceAll(" user.random.=(?= |$)| flags=[ia]+", ""))
        .toList();
  }

  private static List<String> timeless(LayerView view) throws IOException {
    return view.manifest().stream().map(line -> line.replaceFirst(" mtime=\\S+", "")).toList();
  }
}
