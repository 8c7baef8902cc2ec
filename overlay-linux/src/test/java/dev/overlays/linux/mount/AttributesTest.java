package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each attribute does what it says, seen through the mount. */
class AttributesTest {
  private static final int NOBODY = 65534;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private OverlayMount mountWith(MountAttribute... attributes) throws IOException {
    return Overlays.mount(sandbox.newLayers().attributes(attributes).build());
  }

  /** Whether a command succeeds. */
  private static boolean succeeds(String... command) {
    try {
      Sandbox.run(command);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Path copyProgram(String name, String mode) throws IOException {
    Path program = sandbox.path("lower").resolve(name);
    Files.createDirectories(program.getParent());
    Files.copy(Path.of("/usr/bin/id"), program);
    Sandbox.run("chmod", mode, program.toString());
    return program;
  }

  @Test
  void nosuidIgnoresSetUserId() throws IOException {
    copyProgram("suid-id", "4755");
    sandbox.createDirectory("mnts");
    Sandbox.run("chmod", "755", sandbox.root().toString());
    assertEquals("0", effectiveUser());
    assertEquals(Integer.toString(NOBODY), effectiveUser(MountAttribute.NOSUID));
  }

  private String effectiveUser(MountAttribute... attributes) throws IOException {
    try (OverlayMount mount = mountWith(attributes)) {
      String program = mount.root().resolve("suid-id").toString();
      return Sandbox.run("setpriv", "--reuid=" + NOBODY, "--clear-groups", program, "-u").strip();
    }
  }

  @Test
  void nodevRefusesDevices() throws IOException {
    Path device = sandbox.createDirectory("lower").resolve("null");
    Sandbox.run("mknod", device.toString(), "c", "1", "3");
    try (OverlayMount mount = mountWith()) {
      assertEquals(0, Files.readAllBytes(mount.root().resolve("null")).length);
    }
    try (OverlayMount mount = mountWith(MountAttribute.NODEV)) {
      Path seen = mount.root().resolve("null");
      assertThrows(FileSystemException.class, () -> Files.readAllBytes(seen));
    }
  }

  @Test
  void noexecRefusesPrograms() throws IOException {
    copyProgram("id", "755");
    try (OverlayMount mount = mountWith()) {
      assertTrue(succeeds(mount.root().resolve("id").toString()));
    }
    try (OverlayMount mount = mountWith(MountAttribute.NOEXEC)) {
      assertFalse(succeeds(mount.root().resolve("id").toString()));
    }
  }

  @Test
  void noatimeKeepsAccessTimes() throws IOException {
    FileTime old = FileTime.fromMillis(0);
    Path file = sandbox.createFile("upper/file", "content");
    assertFalse(accessTimeAfterReading(file, old).equals(old));
    assertEquals(old, accessTimeAfterReading(file, old, MountAttribute.NOATIME));
  }

  private FileTime accessTimeAfterReading(Path file, FileTime time, MountAttribute... attributes)
      throws IOException {
    Files.setAttribute(file, "lastAccessTime", time);
    try (OverlayMount mount = mountWith(attributes)) {
      Files.readString(mount.root().resolve("file"));
    }
    return (FileTime) Files.getAttribute(file, "lastAccessTime");
  }

  @Test
  void nosymfollowRefusesLinks() throws IOException {
    sandbox.createFile("lower/file", "content");
    Files.createSymbolicLink(sandbox.path("lower/link"), Path.of("file"));
    try (OverlayMount mount = mountWith()) {
      assertEquals("content", Files.readString(mount.root().resolve("link")));
    }
    try (OverlayMount mount = mountWith(MountAttribute.NOSYMFOLLOW)) {
      Path link = mount.root().resolve("link");
      assertEquals(Path.of("file"), Files.readSymbolicLink(link));
      assertThrows(FileSystemException.class, () -> Files.readString(link));
    }
  }

  @Test
  void allAttributesAreInForceTogether() throws IOException {
    OverlaySpec spec = sandbox.newLayers().attributes(MountAttribute.values()).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(
          EnumSet.allOf(MountAttribute.class),
          Overlays.find(mount.root()).orElseThrow().spec().attributes());
    }
  }
}
