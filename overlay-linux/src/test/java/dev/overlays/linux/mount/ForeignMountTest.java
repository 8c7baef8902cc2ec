package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Closing unmounts the mount it was made for, and never another at the same place. */
class ForeignMountTest {
  private Sandbox sandbox;
  private OverlayMount mount;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    mount = Overlays.mount(sandbox.newLayers().build());
  }

  @AfterEach
  void closeSandbox() throws IOException {
    try {
      if (mount != null) {
        mount.close();
      }
    } finally {
      if (sandbox != null) {
        sandbox.close();
      }
    }
  }

  @Test
  void closeRefusesACoveredMount() throws IOException {
    Path cover = sandbox.mountTmpfs("mnts");
    Files.writeString(cover.resolve("file"), "theirs");
    assertTrue(mount.isMounted());
    for (UnmountOptions options :
        new UnmountOptions[] {UnmountOptions.strict(), UnmountOptions.lazily()}) {
      OverlayException e = assertThrows(OverlayException.class, () -> mount.close(options));
      assertEquals(ProblemCode.MOUNT_COVERED, e.problems().get(0).code(), e::toString);
      assertEquals(Optional.of(mount.root()), e.problems().get(0).path());
    }
    assertEquals("theirs", Files.readString(cover.resolve("file")));
    assertTrue(mount.isMounted());
    sandbox.unmount(cover);
    mount.close();
    assertFalse(mount.isMounted());
  }

  @Test
  void closeLeavesAMountThatReplacedTheView() throws IOException {
    Sandbox.run("umount", mount.root().toString());
    assertFalse(mount.isMounted());
    Path instead = sandbox.mountTmpfs("mnts");
    Files.writeString(instead.resolve("file"), "theirs");
    assertFalse(mount.isMounted());
    mount.close();
    mount.close(UnmountOptions.lazily());
    assertEquals("theirs", Files.readString(instead.resolve("file")));
  }

  /** A kernel without unique mount IDs gives the new mount the ID of the view. */
  @Test
  void closeLeavesAnotherMountWithTheSameId() throws IOException {
    Sandbox.run("umount", mount.root().toString());
    Path instead = sandbox.mountTmpfs("mnts");
    assertFalse(mount.isMounted());
    mount.close();
    Sandbox.run("mountpoint", "-q", instead.toString());
  }

  /** A new overlay of the same layers is another mount. */
  @Test
  void closeLeavesTheSameLayersMountedAgain() throws IOException {
    KernelAbility.UNIQUE_MOUNT_IDS.assumePresent();
    Sandbox.run("umount", mount.root().toString());
    Path instead =
        sandbox.mountAt(
            "mnts",
            "-t",
            "overlay",
            "-o",
            "lowerdir=%s,upperdir=%s,workdir=%s"
                .formatted(sandbox.path("lower"), sandbox.path("upper"), sandbox.path("work")),
            "overlay");
    assertFalse(mount.isMounted());
    mount.close();
    assertTrue(Overlays.find(instead).isPresent());
  }

  @Test
  void closeFollowsAMovedMount() throws IOException {
    Path elsewhere = sandbox.createDirectory("elsewhere");
    Sandbox.run("mount", "--move", mount.root().toString(), elsewhere.toString());
    assertTrue(mount.isMounted());
    mount.close();
    assertFalse(mount.isMounted());
    assertTrue(Overlays.find(elsewhere).isEmpty());
  }

  @Test
  void findReturnsTheMountOnTop() throws IOException {
    List<Path> layers = List.of(sandbox.path("lower"), sandbox.createDirectory("second"));
    String lowers = layers.get(0) + ":" + layers.get(1);
    Path cover = sandbox.mountAt("mnts", "-t", "overlay", "-o", "lowerdir=" + lowers, "overlay");
    OverlayMount found = Overlays.find(cover).orElseThrow();
    assertEquals(layers, found.spec().lowers());
    assertThrows(OverlayException.class, mount::close);
    sandbox.unmount(cover);
    assertFalse(found.isMounted());
  }

  /** A covered mount is known only by its ID in the mount table. */
  @Test
  void closesAMountFoundWhileCovered() throws IOException {
    Path cover = sandbox.mountTmpfs("mnts");
    OverlayMount found = Overlays.find(mount.root()).orElseThrow();
    assertThrows(OverlayException.class, found::close);
    assertTrue(found.isMounted());
    sandbox.unmount(cover);
    found.close();
    assertFalse(found.isMounted());
    assertFalse(mount.isMounted());
  }
}
