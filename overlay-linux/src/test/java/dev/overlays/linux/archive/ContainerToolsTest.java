package dev.overlays.linux.archive;

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
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of buildah and podman, as they are on the disk and as they travel. */
class ContainerToolsTest {
  private static final NativeLayerStore STORE = new NativeLayerStore();

  @AutoClose private Sandbox sandbox;
  private ContainerStorage storage;

  @BeforeEach
  void open() throws IOException {
    Programs.require("buildah", "buildah");
    Programs.require("podman", "podman");
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
    sandbox.createDirectory("t/mnt");
  }

  /** What the tool shows of its container, copied while it is mounted. */
  private Path toolsView() throws IOException {
    storage.script("m=$(b mount changed); cp -a $m $S/../view; b umount changed");
    return sandbox.path("t/view");
  }

  private OverlaySpec container(String mountOptions) throws IOException {
    Path layer = storage.layer(storage.script("b mount changed; b umount changed >/dev/null"));
    return OverlaySpec.builder()
        .lowers(storage.lowers(layer))
        .upper(layer.resolve("diff"))
        .work(layer.resolve("work"))
        .mountPoint(sandbox.path("t/mnt"))
        .options(
            options ->
                mountOptions.contains("metacopy")
                    ? options.withMetacopy(true).withRedirectDir(RedirectDir.ON)
                    : options)
        .build();
  }

  private static String shown(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return text(LayerView.ofMounted(STORE, mount.root()));
    }
  }

  private static String text(LayerView view) throws IOException {
    return String.join("\n", view.withDirectoryTimes().manifest());
  }

  private static String shown(Path tree) throws IOException {
    return text(LayerView.ofSingleLayer(STORE, tree, MarkNamespace.TRUSTED));
  }

  private static String timeless(String manifest) {
    return manifest.replaceAll(" mtime=\\S+", "");
  }

  /** What archives of the tools say: nothing of the root, nor of parts of seconds. */
  private static String archived(String manifest) {
    return timeless(manifest).replaceFirst("^[.] .*\n", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodev", "nodev,metacopy=on"})
  void layersOnTheDiskAreRead(String mountOptions) throws IOException {
    storage = new ContainerStorage(sandbox.createDirectory("t/storage"), mountOptions);
    Path view = toolsView();
    String expected = shown(view);
    OverlaySpec spec = container(mountOptions);
    // buildah mounts containers so that nothing is synced.
    OverlayException e = assertThrows(OverlayException.class, () -> shown(spec));
    assertTrue(e.has(ProblemCode.VOLATILE_LEFTOVER), e.toString());
    Sandbox.run("rm", "-r", spec.work().orElseThrow() + "/work/incompat");
    assertEquals(expected, shown(spec));
    assertEquals(List.of(), OverlayCheck.of(spec).run());
    TreeSet<String> changed = new TreeSet<>();
    try (Stream<Change> changes = OverlayDiff.of(spec).changes()) {
      changes
          .filter(change -> change.kind() == ChangeKind.DELETED)
          .forEach(change -> changed.add(change.path()));
    }
    assertEquals(
        new TreeSet<>(List.of("alias", "b", "d/a", "d/inner", "hard", "other", "pipe")), changed);
    OverlayMerge.of(spec).run();
    assertEquals(timeless(expected), timeless(shown(spec.lowers().get(0))));
    assertEquals(expected, shown(spec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodev", "nodev,metacopy=on"})
  void archivesTravelBothWays(String mountOptions) throws IOException {
    storage = new ContainerStorage(sandbox.createDirectory("t/storage"), mountOptions);
    String expected = archived(shown(toolsView()));
    storage.script("b push -q --signature-policy $S/policy two oci:$S/pushed:two");
    ImageLayout pushed = new ImageLayout(sandbox.path("t/storage/pushed"));
    List<Path> imported = new ArrayList<>();
    for (Path archive : pushed.layers("two")) {
      Path to = sandbox.path("t/imported" + imported.size());
      try (InputStream in = Files.newInputStream(archive)) {
        OciImport.to(to).setIds(OciTreatment.TAKE).privilegedXattrs(OciTreatment.TAKE).run(in);
      }
      imported.add(0, to);
    }
    assertEquals(2, imported.size());
    OverlaySpec layers =
        OverlaySpec.builder().lowers(imported).mountPoint(sandbox.path("t/mnt")).build();
    assertEquals(expected, archived(shown(layers)));
    assertEquals(List.of(), OverlayCheck.of(layers).run());

    OverlaySpec spec = container(mountOptions);
    // buildah mounts volatile, and nothing has crashed since.
    Sandbox.run("rm", "-rf", spec.work().orElseThrow() + "/work/incompat");
    ImageLayout ours = new ImageLayout(sandbox.path("t/storage/ours"));
    ours.add(OciLayer.of(spec.lowers().get(0), MarkNamespace.TRUSTED));
    ours.add(OciLayer.of(spec));
    ours.tag("ours");
    storage.script(
        "id=$(p pull -q --signature-policy $S/policy oci:$S/ours:ours)",
        "m=$(p image mount $id); cp -a $m $S/../back; p image umount $id");
    Path back = sandbox.path("t/back");
    assertFalse(Files.exists(back.resolve("b")));
    assertEquals(expected, archived(shown(back)));
  }
}
