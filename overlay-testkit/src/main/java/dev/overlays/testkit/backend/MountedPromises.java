package dev.overlays.testkit.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about a mounted view: it can be remounted, and other processes can use it. */
abstract class MountedPromises extends ContractPromises {

  MountedPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private static void assertWritable(OverlayMount mount) throws IOException {
    Files.writeString(mount.root().resolve("file"), "changed");
    assertEquals("changed", Files.readString(mount.root().resolve("file")));
  }

  @Test
  @DisplayName("14.1 a view becomes read-only and writable again, or says that it cannot")
  void remountsReadOnlyAndBack() throws IOException {
    sandbox().makeFile("lower/file", "content");
    try (OverlayMount mount = sandbox().mount()) {
      if (!sandbox().isDeclared(Capability.REMOUNT)) {
        assertNotRemounted(mount, true);
        return;
      }
      mount.remount(true);
      ReadOnlyCheck.assertRefusesChanges(sandbox(), mount, "file");
      mount.remount(true);
      mount.remount(false);
      assertWritable(mount);
    }
    assertEquals("changed", Files.readString(sandbox().pathOf("upper/file")));
  }

  private void assertNotRemounted(OverlayMount mount, boolean readOnly) {
    OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(readOnly));
    ProblemAsserts.assertTold(
        e.problems(), sandbox().isStrict(), List.of(ProblemCode.REMOUNT_REFUSED), Optional.empty());
  }

  @Test
  @DisplayName("14.2 what was mounted read-only becomes writable, if it has an upper")
  void becomesWritable() throws IOException {
    sandbox().assumeDeclared(Capability.REMOUNT, Capability.READ_ONLY_VIEW);
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec = sandbox().specOfLayers().attributes(MountAttribute.READ_ONLY).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      ReadOnlyCheck.assertRefusesChanges(sandbox(), mount, "file");
      mount.remount(false);
      assertWritable(mount);
    }
    OverlaySpec lowers =
        sandbox()
            .specWithoutLayers()
            .lower(sandbox().pathOf("lower"))
            .lower(sandbox().makeDirectory("second"))
            .mountPoint(sandbox().pathOf("mnts"))
            .build();
    try (OverlayMount mount = sandbox().mount(lowers)) {
      mount.remount(true);
      assertNotRemounted(mount, false);
      ReadOnlyCheck.assertRefusesChanges(sandbox(), mount, "file");
    }
  }

  @Test
  @DisplayName("14.3 a view does not become read-only while a file is open for writing")
  void staysWritableWhileAFileIsWritten() throws IOException {
    sandbox().assumeDeclared(Capability.REMOUNT, Capability.BUSY_DETECTION);
    sandbox().makeFile("lower/file", "content");
    try (OverlayMount mount = sandbox().mount()) {
      Path file = mount.root().resolve("file");
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
        OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
        ProblemAsserts.assertTold(
            e.problems(),
            sandbox().isStrict(),
            List.of(ProblemCode.MOUNT_BUSY),
            Optional.of(mount.root()));
        out.write('!');
      }
      assertEquals("content!", Files.readString(file));
      mount.remount(true);
    }
  }

  @Test
  @DisplayName("14.4 a process sees the view in its working directory and at the mount point")
  void isSeenByProcesses() throws IOException {
    sandbox().assumeDeclared(Capability.COMMAND);
    sandbox().makeFile("lower/file", "content");
    try (OverlayMount mount = sandbox().mount()) {
      Files.writeString(mount.root().resolve("new"), "new");
      assertEquals("content", outputOf(mount.command("cat", "file")));
      Path there = mount.spec().mountPoint().orElseThrow();
      assertEquals("new", outputOf(mount.command("cat", there.resolve("new").toString())));
      outputOf(mount.command("sh", "-c", "echo written > by-a-process"));
      assertEquals("written\n", Files.readString(mount.root().resolve("by-a-process")));
    }
  }

  @Test
  @DisplayName("14.5 a process sees a view without a mount point in its working directory")
  void isSeenWithoutMountPoint() throws IOException {
    sandbox().assumeDeclared(Capability.COMMAND, Capability.NO_MOUNT_POINT);
    sandbox().makeFile("lower/file", "content");
    OverlaySpec spec =
        sandbox()
            .specOfLower()
            .upper(sandbox().makeDirectory("upper"))
            .work(sandbox().makeDirectory("work"))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("content", outputOf(mount.command("cat", "file")));
    }
  }

  private static String outputOf(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      assertEquals(0, process.waitFor(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output;
  }
}
