package dev.overlays.linux.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.table.MountTable;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view without a mount point is mounted in a directory of this library's own. */
class MountPointOfOurOwnTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/etc/hosts", "of the view");
  }

  private OverlaySpec ephemeral() {
    return OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral().build();
  }

  @Test
  void everyPathIsReal() throws IOException {
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      Path file = view.root().resolve("etc/hosts");
      assertEquals(file, file.toRealPath());
      assertEquals(file.toFile(), file.toFile().getCanonicalFile());
      assertEquals("overlay", Files.getFileStore(file).type());
      assertTrue(new File(view.root().toFile(), "new/inner").mkdirs());
      assertTrue(Files.isDirectory(view.root().resolve("new/inner")));
      assertEquals(ephemeral(), view.spec());
      assertEquals(List.of(view), sandbox.mountedViews());
    }
  }

  @Test
  void commandsStartInADirectoryThatTheyCanName() throws IOException {
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      Process process = view.command("pwd", "-P").redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      assertEquals(view.root().toString(), printed);
      assertEquals(0, process.onExit().join().exitValue());
    }
  }

  @Test
  void theDirectoryIsForItsUserAlone() throws IOException {
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      Path runtime = view.root().getParent().getParent().getParent();
      assertEquals("rwx------ root", permissions(runtime));
    }
  }

  private static String permissions(Path directory) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory))
        + " "
        + Files.getOwner(directory);
  }

  @Test
  void closeLeavesNothing() throws IOException {
    Overlays.mount(ephemeral(), "kernel").close();
    Path mounts;
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      mounts = view.root().getParent();
    }
    assertEquals(0, mounts.toFile().list().length);
    assertEquals(
        1,
        MountTable.ofThisProcess().stream()
            .filter(mount -> mount.mountPoint().startsWith(mounts))
            .count());
  }

  @Test
  void refusedMountLeavesNothing() throws IOException {
    Overlays.mount(ephemeral(), "kernel").close();
    OverlaySpec missing = OverlaySpec.builder().lower(sandbox.path("missing")).ephemeral().build();
    OverlayException e =
        assertThrows(OverlayException.class, () -> Overlays.mount(missing, "kernel"));
    assertEquals(ProblemCode.LAYER_NOT_FOUND, e.problems().get(0).code(), e::toString);
    assertEquals(
        0, ProcessDirectory.createMountPoint("probe").getParent().toFile().list().length - 1);
  }

  @Test
  void theOldRootLeadsNowhere() throws IOException {
    Path root;
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      root = view.root();
    }
    try (OverlayMount next = Overlays.mount(ephemeral(), "kernel")) {
      assertFalse(Files.exists(root));
      assertNotEquals(root, next.root());
    }
  }

  @Test
  void closeNamesTheUserOfARealPath() throws IOException {
    OverlayMount view = Overlays.mount(ephemeral(), "kernel");
    Path file = view.root().resolve("etc/hosts");
    try (Closeable stream = Files.newInputStream(file)) {
      assertTrue(stream != null);
      OverlayException e = assertThrows(OverlayException.class, view::close);
      assertEquals(ProblemCode.MOUNT_BUSY, e.problems().get(0).code());
      assertEquals(file, e.problems().get(1).path().orElseThrow());
    }
    view.close();
  }

  /** An administrator may unmount everything; the next view gets a new directory. */
  @Test
  void aDirectoryThatSomebodyHasUnmountedIsMadeAnew() throws IOException {
    OverlayMount lost = Overlays.mount(ephemeral(), "kernel");
    Sandbox.run("umount", "--lazy", lost.root().getParent().toString());
    assertFalse(lost.isMounted());
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      assertEquals("of the view", Files.readString(view.root().resolve("etc/hosts")));
      assertNotEquals(lost.root().getParent(), view.root().getParent());
    }
    lost.close();
  }

  @Test
  void whatElseIsInTheRuntimeDirectoryIsInNobodysWay() throws IOException {
    Path mounts;
    try (OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      mounts = view.root().getParent();
    }
    Path stray = Files.createFile(mounts.getParent().resolveSibling("stray-" + System.nanoTime()));
    try {
      Sandbox.run("umount", mounts.toString());
      Overlays.mount(ephemeral(), "kernel").close();
      assertTrue(Files.exists(stray));
    } finally {
      Files.delete(stray);
    }
  }

  /** What is mounted there is seen in no other namespace, and stays in none. */
  @Test
  void otherNamespacesDoNotGetTheView() throws IOException {
    Overlays.mount(ephemeral(), "kernel").close();
    try (HoldingProcess peer = HoldingProcess.inPeerNamespace("true");
        OverlayMount view = Overlays.mount(ephemeral(), "kernel")) {
      assertTrue(
          MountTable.ofProcess(Long.toString(peer.processId())).stream()
              .noneMatch(mount -> mount.mountPoint().equals(view.root())));
      assertEquals(List.of(), view.otherMounts());
    }
  }

  @Test
  void theUpperInMemoryIsLimited() throws IOException {
    OverlaySpec small =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .ephemeral(Ephemeral.inMemory(1 << 20))
            .build();
    try (OverlayMount view = Overlays.mount(small, "kernel")) {
      assertThrows(
          IOException.class, () -> Files.write(view.root().resolve("big"), new byte[2 << 20]));
    }
  }
}
