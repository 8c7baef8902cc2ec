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
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private OverlayMount mount(MountAttribute... attributes) throws IOException {
    return Overlays.mount(sandbox.layers().attributes(attributes).build());
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

  private Path program(String name, String mode) throws IOException {
    Path program = sandbox.path("lower").resolve(name);
    Files.createDirectories(program.getParent());
    Files.copy(Path.of("/usr/bin/id"), program);
    Sandbox.run("chmod", mode, program.toString());
    return program;
  }

  @Test
  void nosuid() throws IOException {
    program("suid-id", "4755");
    sandbox.directory("mnts");
    Sandbox.run("chmod", "755", sandbox.root().toString());
    assertEquals("0", effectiveUser());
    assertEquals(Integer.toString(NOBODY), effectiveUser(MountAttribute.NOSUID));
  }

  private String effectiveUser(MountAttribute... attributes) throws IOException {
    try (OverlayMount mount = mount(attributes)) {
      String program = mount.root().resolve("suid-id").toString();
      return Sandbox.run("setpriv", "--reuid=" + NOBODY, "--clear-groups", program, "-u").strip();
    }
  }

  @Test
  void nodev() throws IOException {
    Path device = sandbox.directory("lower").resolve("null");
    Sandbox.run("mknod", device.toString(), "c", "1", "3");
    try (OverlayMount mount = mount()) {
      assertEquals(0, Files.readAllBytes(mount.root().resolve("null")).length);
    }
    try (OverlayMount mount = mount(MountAttribute.NODEV)) {
      Path seen = mount.root().resolve("null");
      assertThrows(FileSystemException.class, () -> Files.readAllBytes(seen));
    }
  }

  @Test
  void noexec() throws IOException {
    program("id", "755");
    try (OverlayMount mount = mount()) {
      assertTrue(succeeds(mount.root().resolve("id").toString()));
    }
    try (OverlayMount mount = mount(MountAttribute.NOEXEC)) {
      assertFalse(succeeds(mount.root().resolve("id").toString()));
    }
  }

  @Test
  void noatime() throws IOException {
    FileTime old = FileTime.fromMillis(0);
    Path file = sandbox.file("upper/file", "content");
    assertFalse(accessTimeAfterReading(file, old).equals(old));
    assertEquals(old, accessTimeAfterReading(file, old, MountAttribute.NOATIME));
  }

  private FileTime accessTimeAfterReading(Path file, FileTime time, MountAttribute... attributes)
      throws IOException {
    Files.setAttribute(file, "lastAccessTime", time);
    try (OverlayMount mount = mount(attributes)) {
      Files.readString(mount.root().resolve("file"));
    }
    return (FileTime) Files.getAttribute(file, "lastAccessTime");
  }

  @Test
  void nosymfollow() throws IOException {
    sandbox.file("lower/file", "content");
    Files.createSymbolicLink(sandbox.path("lower/link"), Path.of("file"));
    try (OverlayMount mount = mount()) {
      assertEquals("content", Files.readString(mount.root().resolve("link")));
    }
    try (OverlayMount mount = mount(MountAttribute.NOSYMFOLLOW)) {
      Path link = mount.root().resolve("link");
      assertEquals(Path.of("file"), Files.readSymbolicLink(link));
      assertThrows(FileSystemException.class, () -> Files.readString(link));
    }
  }

  @Test
  void allTogether() throws IOException {
    OverlaySpec spec = sandbox.layers().attributes(MountAttribute.values()).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(
          EnumSet.allOf(MountAttribute.class),
          Overlays.find(mount.root()).orElseThrow().spec().attributes());
    }
  }
}
