package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.layer.EntryType;
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
import dev.overlays.testkit.layer.LayerView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images of systemd-sysext: directories and file systems that are layers over {@code /usr}. */
class SystemExtensionTest {
  private static final NativeLayerStore STORE = new NativeLayerStore();

  /** systemd-sysext mounts in a namespace of its own, and hands it on by shared mounts. */
  private static final String MERGE =
      """
      mount --make-rshared /; mount -t tmpfs run /run; cd "$0"
      systemd-sysext --root="$PWD/root" merge >&2; cp -a root/usr view; umount root/usr
      """;

  private static final String MAKE =
      """
      cd "$0"; mkdir -p root/run root/etc root/proc root/sys root/dev root/usr/lib root/usr/bin
      printf 'ID=test\\nVERSION_ID=1\\n' >root/etc/os-release; cp root/etc/os-release root/usr/lib
      echo base >root/usr/bin/tool; echo base >root/usr/bin/keep; ln root/usr/bin/keep root/usr/kept
      for e in one two; do
        u=root/var/lib/extensions/$e/usr; mkdir -p $u/bin/in $u/lib/extension-release.d
        cp root/etc/os-release $u/lib/extension-release.d/extension-release.$e
        echo $e >$u/bin/$e; echo $e >$u/bin/tool; echo $e >$u/bin/in/$e; ln -s $e $u/link
        chmod 4755 $u/bin/$e; setfattr -n user.from -v $e $u/bin/in
      done
      """;

  @AutoClose private Sandbox sandbox;
  private Path extensions;
  private String expected;

  @BeforeEach
  void makeExtensions() throws IOException {
    Programs.require("systemd-sysext", "systemd");
    sandbox = Sandbox.asRoot();
    Path place = sandbox.mountTmpfs("t");
    Sandbox.run("sh", "-ec", MAKE, place.toString());
    Sandbox.run("unshare", "-m", "--propagation", "private", "sh", "-ec", MERGE, place.toString());
    extensions = sandbox.path("t/root/var/lib/extensions");
    assertTrue(Files.exists(sandbox.path("t/view/.systemd-sysext")), "nothing was merged");
    expected =
        comparable(LayerView.ofSingleLayer(STORE, sandbox.path("t/view"), MarkNamespace.TRUSTED));
  }

  /**
   * Without what systemd-sysext adds of its own to the root, and what squashfs and erofs do with
   * times and flags.
   */
  private static String comparable(LayerView view) throws IOException {
    return String.join("\n", view.manifest())
        .replaceFirst("^[.] .*", "")
        .replaceAll(" flags=i|(?<=mtime=\\S{19})[.][0-9]+", "")
        .replaceAll("(?m)^[.]systemd-sysext.*\n", "");
  }

  private OverlaySpec.Builder spec(Path two, Path one) throws IOException {
    return OverlaySpec.builder()
        .lower(two)
        .lower(one)
        .lower(sandbox.path("t/root/usr"))
        .mountPoint(sandbox.createDirectory("t/mnt"));
  }

  private Path usr(String extension) {
    return extensions.resolve(extension + "/usr");
  }

  private void shows(OverlaySpec spec) throws IOException {
    assertEquals(List.of(), OverlayCheck.of(spec).run());
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(expected, comparable(LayerView.ofMounted(STORE, mount.root())));
    }
  }

  @Test
  void directoriesAreLayers() throws IOException {
    shows(spec(usr("two"), usr("one")).build());
  }

  @Test
  void fileSystemsAreLayers() throws IOException {
    Path two = sandbox.mountPacked("two", "squashfs", extensions.resolve("two"));
    Path one = sandbox.mountPacked("one", "erofs", extensions.resolve("one"));
    shows(spec(two.resolve("usr"), one.resolve("usr")).build());
  }

  @Test
  void travelAsArchives() throws IOException {
    List<Path> arrived = new ArrayList<>();
    for (String extension : List.of("two", "one")) {
      ByteArrayOutputStream archive = new ByteArrayOutputStream();
      OciLayer.of(usr(extension), MarkNamespace.TRUSTED).writeTo(archive);
      Path to = sandbox.path("t/arrived " + extension);
      OciImport.to(to)
          .setIds(OciTreatment.TAKE)
          .run(new ByteArrayInputStream(archive.toByteArray()));
      arrived.add(to);
    }
    shows(spec(arrived.get(0), arrived.get(1)).build());
  }

  /** What an instance writes over an extension can be told and folded into it. */
  @Test
  void takeWhatWasWrittenOverThem() throws IOException {
    OverlaySpec spec =
        spec(usr("two"), usr("one"))
            .upper(sandbox.createDirectory("t/upper"))
            .work(sandbox.createDirectory("t/work"))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      Files.writeString(mount.root().resolve("bin/tool"), "mine");
      Files.delete(mount.root().resolve("bin/in/one"));
      Files.delete(mount.root().resolve("link"));
      expected = comparable(LayerView.ofMounted(STORE, mount.root()));
    }
    try (Stream<Change> changes = OverlayDiff.of(spec).changes()) {
      assertEquals(
          List.of("bin/in/one", "bin/tool", "link"),
          changes
              .filter(change -> change.type() != EntryType.DIRECTORY)
              .map(Change::path)
              .sorted()
              .toList());
    }
    OverlayMerge.of(spec).run();
    shows(spec);
    shows(spec(usr("two"), usr("one")).build());
  }
}
