package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views that become read-only and writable again, with a mount point and without. */
class RemountTest {
  private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/file", "content");
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec.Builder spec(boolean mountPoint) throws IOException {
    OverlaySpec.Builder builder =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.createDirectory("upper"))
            .work(sandbox.createDirectory("work"));
    return mountPoint ? builder.mountPoint(sandbox.createDirectory("mnts")) : builder;
  }

  private static void assertWritable(OverlayMount mount, boolean writable) throws IOException {
    if (writable) {
      Files.writeString(mount.root().resolve("file"), "changed");
    } else {
      assertThrows(
          IOException.class, () -> Files.writeString(mount.root().resolve("file"), "changed"));
    }
  }

  @ParameterizedTest(name = "mount point: {0}")
  @ValueSource(booleans = {true, false})
  void becomesReadOnlyAndWritableAgain(boolean mountPoint) throws IOException {
    try (OverlayMount mount =
        Overlays.mount(spec(mountPoint).attributes(MountAttribute.NOEXEC).build())) {
      assertWritable(mount, true);
      mount.remount(true);
      assertWritable(mount, false);
      mount.remount(true);
      mount.remount(false);
      assertWritable(mount, true);
      if (mountPoint) {
        assertEquals(
            List.of(MountAttribute.NOEXEC),
            List.copyOf(Overlays.find(mount.root()).orElseThrow().spec().attributes()));
      }
    }
  }

  /** In this case the file system itself is read-only, too. */
  @ParameterizedTest(name = "mount point: {0}")
  @ValueSource(booleans = {true, false})
  void whatWasMountedReadOnlyBecomesWritable(boolean mountPoint) throws IOException {
    try (OverlayMount mount =
        Overlays.mount(spec(mountPoint).attributes(MountAttribute.READ_ONLY).build())) {
      assertWritable(mount, false);
      mount.remount(false);
      assertWritable(mount, true);
    }
    assertEquals("changed", Files.readString(sandbox.path("upper/file")));
  }

  @ParameterizedTest(name = "mount point: {0}")
  @ValueSource(booleans = {true, false})
  void refusesWhileAFileIsOpenForWriting(boolean mountPoint) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec(mountPoint).build())) {
      try (HoldingProcess holder =
          HoldingProcess.runningScript("exec 7>>\"$1\"", mount.root().resolve("file"))) {
        OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
        List<Problem> problems = e.problems();
        assertEquals(ProblemCode.MOUNT_BUSY, problems.get(0).code());
        assertTrue(problems.get(1).message().contains("Process " + holder.processId() + " "));
        assertWritable(mount, true);
      }
      mount.remount(true);
      assertWritable(mount, false);
    }
  }

  @ParameterizedTest(name = "mount point: {0}")
  @ValueSource(booleans = {true, false})
  void refusesToMakeAViewWithoutUpperWritable(boolean mountPoint) throws IOException {
    OverlaySpec.Builder builder =
        OverlaySpec.builder().lower(sandbox.path("lower")).lower(sandbox.createDirectory("second"));
    if (mountPoint) {
      builder.mountPoint(sandbox.createDirectory("mnts"));
    }
    try (OverlayMount mount = Overlays.mount(builder.build())) {
      mount.remount(true);
      OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(false));
      assertEquals(ProblemCode.REMOUNT_REFUSED, e.problems().get(0).code());
      assertWritable(mount, false);
    }
  }

  @ParameterizedTest(name = "mount point: {0}")
  @ValueSource(booleans = {true, false})
  void refusesAfterUnmount(boolean mountPoint) throws IOException {
    OverlayMount mount = Overlays.mount(spec(mountPoint).build());
    mount.close();
    OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
    assertEquals(ProblemCode.REMOUNT_REFUSED, e.problems().get(0).code());
  }
}
