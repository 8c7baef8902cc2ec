package dev.overlays.linux.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.FuseOverlayfsBackend;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cache whose views are also mounted elsewhere, for example in containers. */
class CopiedViewsTest {
  @AutoClose private Sandbox sandbox;
  private Path disk;
  private SharedCache cache;
  private List<OverlayMount> mounts;

  /** A skip in the setup would still run the teardown. */
  @BeforeAll
  static void needRoot() {
    Sandbox.assumeRoot();
  }

  @BeforeEach
  void makeCache() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountTmpfs("disk");
    Sandbox.run("mount", "--make-private", disk.toString());
    Path lower = Files.createDirectory(disk.resolve("lower"));
    Path place = Files.createDirectory(disk.resolve("instances"));
    cache = SharedCache.of(lower, place);
    cache.create("one");
    cache.create("two");
  }

  @AfterEach
  void unmount() throws IOException {
    cache.unmountAll(UnmountOptions.strict());
  }

  private void assertRefused(String where) throws IOException {
    OverlayException e = assertThrows(OverlayException.class, cache::maintain);
    assertTrue(e.has(ProblemCode.LAYER_IN_USE) && e.getMessage().contains(where), e::getMessage);
    assertTrue(mounts.stream().allMatch(OverlayMount::isMounted), "the same views as before");
    assertFalse(cache.instances().stream().anyMatch(CacheInstance::waiting));
    assertTrue(cache.status().toString().contains(where), () -> "status names " + where);
  }

  /** Always removes the bind mount, since a daemon would serve it forever. */
  private void assertRefusedWhileOneIsBound() throws IOException {
    Path elsewhere = Files.createDirectory(disk.resolve("elsewhere"));
    Sandbox.run("mount", "--bind", mounts.get(1).root().toString(), elsewhere.toString());
    try {
      assertRefused("is mounted here, too");
    } finally {
      Sandbox.run("umount", elsewhere.toString());
    }
  }

  @Test
  void maintenanceRefusesAViewThatAContainerHas() throws IOException {
    mounts = cache.mountAll();
    try (HoldingProcess container = HoldingProcess.inOwnNamespace("true")) {
      assertRefused("process " + container.processId());
    }
  }

  @Test
  void maintenanceRefusesAViewThatIsBoundElsewhere() throws IOException {
    mounts = cache.mountAll();
    assertRefusedWhileOneIsBound();
    assertEquals(2, cache.maintain().mounted().size());
  }

  @Test
  void maintenanceRefusesAFuseViewThatIsBoundElsewhere() throws IOException {
    Optional<Problem> missing = new FuseOverlayfsBackend().whyUnavailable();
    assumeTrue(missing.isEmpty(), () -> "no fuse-overlayfs here: " + missing.get());
    cache = cache.backend("fuse-overlayfs");
    mounts = cache.mountAll();
    assertRefusedWhileOneIsBound();
  }

  @Test
  void anotherViewOverTheSameLowersIsNoCopy() throws IOException {
    mounts = cache.mountAll();
    Path other = Files.createDirectory(disk.resolve("other"));
    OverlaySpec.Builder over = OverlaySpec.builder().lower(cache.lower()).lower(other);
    Path first = Files.createDirectory(disk.resolve("first"));
    Path second = Files.createDirectory(disk.resolve("second"));
    try (OverlayMount one = Overlays.mount(over.mountPoint(first).build(), "kernel");
        OverlayMount two = Overlays.mount(over.mountPoint(second).build(), "kernel")) {
      assertEquals(List.of(), one.otherMounts());
      assertEquals(List.of(), two.otherMounts());
    }
  }

  /**
   * In a namespace with propagation, like that of a systemd service, unmounting here unmounts
   * there.
   */
  @Test
  void maintenanceMergesWhereUnmountingPropagates() throws IOException {
    Sandbox.run("mount", "--make-shared", disk.toString());
    mounts = cache.mountAll();
    try (HoldingProcess service = HoldingProcess.inPeerNamespace("true")) {
      assertEquals(
          List.of(), mounts.get(0).otherMounts(), () -> "of process " + service.processId());
      assertEquals(2, cache.maintain().mounted().size());
    }
  }
}
