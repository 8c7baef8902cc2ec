package dev.overlays.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The library works with mounts of mount(8), and findmnt(8) and umount(8) with mounts of the
 * library.
 */
class InteropTest {
  /**
   * The options that the library always passes; the defaults of mount(8) depend on the
   * distribution.
   */
  private static final String DEFAULTS =
      ",index=off,nfs_export=off,metacopy=off,redirect_dir=nofollow,xino=off";

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** Mounts a spec by mount(8); the test unmounts it, not the sandbox. */
  private static void mountByHand(OverlaySpec spec, String more) throws IOException {
    Sandbox.run(
        "mount",
        "-t",
        "overlay",
        "overlay",
        "-o",
        "lowerdir=%s,upperdir=%s,workdir=%s%s"
            .formatted(
                String.join(":", spec.lowers().stream().map(Path::toString).toList()),
                spec.upper().orElseThrow(),
                spec.work().orElseThrow(),
                more),
        spec.mountPoint().orElseThrow().toString());
  }

  @Test
  void findReturnsWhatMountMounted() throws IOException {
    OverlaySpec spec = sandbox.newLayers().lower(sandbox.createDirectory("second")).build();
    sandbox.createFile("second/file", "content");
    mountByHand(spec, DEFAULTS);
    OverlayMount mount = Overlays.find(sandbox.path("mnts")).orElseThrow();
    assertEquals(spec, mount.spec());
    assertEquals("kernel", mount.backend());
    assertEquals("content", Files.readString(mount.root().resolve("file")));
    assertTrue(mount.isMounted());
    mount.close();
    assertFalse(mount.isMounted());
    assertTrue(Overlays.find(sandbox.path("mnts")).isEmpty());
  }

  @Test
  void decodesEveryOptionOfMount() throws IOException {
    OverlaySpec spec =
        sandbox
            .newLayers()
            .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true).withIndex(true))
            .attributes(MountAttribute.NOSUID, MountAttribute.NODEV, MountAttribute.NOATIME)
            .build();
    mountByHand(spec, ",index=on,redirect_dir=on,metacopy=on,xino=off,nosuid,nodev,noatime");
    try (OverlayMount mount = Overlays.find(sandbox.path("mnts")).orElseThrow()) {
      assertEquals(spec, mount.spec());
    }
  }

  @Test
  void decodedSpecMountsAgain() throws IOException {
    mountByHand(sandbox.newLayers().build(), "");
    OverlaySpec decoded;
    try (OverlayMount mount = Overlays.find(sandbox.path("mnts")).orElseThrow()) {
      Files.writeString(mount.root().resolve("file"), "content");
      decoded = mount.spec();
    }
    try (OverlayMount mount = Overlays.mount(decoded)) {
      assertEquals("content", Files.readString(mount.root().resolve("file")));
    }
  }

  @Test
  void listsMountsOfMountAndOfTheLibrary() throws IOException {
    OverlaySpec byHand = sandbox.newLayers().build();
    mountByHand(byHand, DEFAULTS);
    OverlaySpec ours =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .instance(sandbox.path("instance"))
            .options(byHand.options())
            .build();
    try (OverlayMount mount = Overlays.mount(ours)) {
      List<OverlaySpec> here =
          Overlays.mounted().stream()
              .map(OverlayMount::spec)
              .filter(spec -> spec.mountPoint().orElseThrow().startsWith(sandbox.root()))
              .toList();
      assertEquals(List.of(byHand, ours), here, mount::toString);
    } finally {
      Overlays.find(sandbox.path("mnts")).orElseThrow().close();
    }
  }

  @Test
  void findmntShowsAMountOfTheLibrary() throws IOException {
    OverlaySpec spec =
        sandbox
            .newLayers()
            .options(o -> o.withIndex(true))
            .attributes(MountAttribute.NOSUID, MountAttribute.NODEV)
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      String line =
          Sandbox.run(
              "findmnt", "-n", "-r", "-o", "TARGET,SOURCE,FSTYPE,OPTIONS", mount.root().toString());
      String[] columns = line.strip().split(" ", -1);
      assertEquals(List.of(mount.root().toString(), "overlay", "overlay"), firstThree(columns));
      assertTrue(
          List.of(columns[3].split(",", -1))
              .containsAll(
                  List.of(
                      "rw",
                      "nosuid",
                      "nodev",
                      "index=on",
                      "upperdir=" + sandbox.path("upper"),
                      "workdir=" + sandbox.path("work"))),
          line);
      assertTrue(columns[3].contains("lowerdir+=" + sandbox.path("lower")), line);
    }
  }

  private static List<String> firstThree(String[] columns) {
    return List.of(columns).subList(0, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "with space, comma: colon and \\ backslash"})
  void umountUnmountsAMountOfTheLibrary(String name) throws IOException {
    OverlaySpec spec = sandbox.newLayers().mountPoint(sandbox.createDirectory(name)).build();
    OverlayMount mount = Overlays.mount(spec);
    Sandbox.run("umount", mount.root().toString());
    assertFalse(mount.isMounted());
    assertTrue(Overlays.find(mount.root()).isEmpty());
    mount.close();
  }

  @Test
  void findsByASymbolicLinkAndAfterAnEarlierMountThere() throws IOException {
    Path link = Files.createSymbolicLink(sandbox.path("link"), sandbox.createDirectory("mnts"));
    sandbox.mountTmpfs("mnts");
    mountByHand(sandbox.newLayers().build(), "");
    try (OverlayMount mount = Overlays.find(link).orElseThrow()) {
      assertEquals(sandbox.path("mnts"), mount.root());
    }
  }

  @Test
  void findsNothingWhereThereIsNoOverlay() throws IOException {
    assertTrue(Overlays.find(sandbox.path("missing")).isEmpty());
    assertTrue(Overlays.find(sandbox.mountTmpfs("tmpfs")).isEmpty());
  }
}
