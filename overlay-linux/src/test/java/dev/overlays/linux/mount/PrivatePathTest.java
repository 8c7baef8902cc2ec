package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lower holds at a private path is not seen, and stays in the lower as it is. */
class PrivatePathTest {
  private Sandbox sandbox;
  private OverlaySpec.Builder layers;
  private String lowerBefore;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    layers = sandbox.layers();
    sandbox.file("lower/.yfnode/config", "the shared one");
    sandbox.file("lower/.yfnode/keys/a", "a");
    sandbox.file("lower/.yfnode/keys/deep/b", "b");
    sandbox.file("lower/.yfnode/cache/data", "data");
    Sandbox.run("chmod", "751", sandbox.path("lower/.yfnode").toString());
    lowerBefore = lower();
  }

  @AfterEach
  void close() throws IOException {
    try {
      if (lowerBefore != null) {
        assertEquals(lowerBefore, lower());
      }
    } finally {
      if (sandbox != null) {
        sandbox.close();
      }
    }
  }

  private String lower() throws IOException {
    String lower = sandbox.path("lower").toString();
    return Sandbox.run("find", lower, "-printf", "%P %y %m %U %T@ %s\\n")
        + Sandbox.run("getfattr", "-R", "-d", "-m", "-", "--absolute-names", lower);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void hidesAFile() throws IOException {
    try (OverlayMount mount = Overlays.mount(layers.privatePath(".yfnode/config").build())) {
      assertEquals(List.of("cache", "keys"), names(mount.root().resolve(".yfnode")));
      assertEquals("data", Files.readString(mount.root().resolve(".yfnode/cache/data")));
      assertEquals(
          "751\n", Sandbox.run("stat", "-c", "%a", mount.root().resolve(".yfnode").toString()));
    }
  }

  @Test
  void hidesADirectory() throws IOException {
    try (OverlayMount mount = Overlays.mount(layers.privatePath(".yfnode/keys").build())) {
      assertFalse(Files.exists(mount.root().resolve(".yfnode/keys")));
      Files.createDirectory(mount.root().resolve(".yfnode/keys"));
      assertEquals(List.of(), names(mount.root().resolve(".yfnode/keys")));
    }
  }

  @Test
  void hidesADeepFileOnly() throws IOException {
    try (OverlayMount mount = Overlays.mount(layers.privatePath(".yfnode/keys/deep/b").build())) {
      assertEquals(List.of("a", "deep"), names(mount.root().resolve(".yfnode/keys")));
      assertEquals(List.of(), names(mount.root().resolve(".yfnode/keys/deep")));
    }
  }

  @Test
  void hidesWhatASecondLowerHolds() throws IOException {
    sandbox.file("second/.yfnode/config", "the second one");
    OverlaySpec spec = layers.lower(sandbox.path("second")).privatePath(".yfnode/config").build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertFalse(Files.exists(mount.root().resolve(".yfnode/config")));
    }
  }

  @Test
  void leavesTheUpperAloneWhereNothingIsToBeHidden() throws IOException {
    OverlaySpec spec = layers.privatePath("identity").privatePath(".yfnode/other").build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals(List.of(), names(sandbox.path("upper")));
      assertFalse(Files.exists(mount.root().resolve("identity")));
    }
  }

  @Test
  void keepsTheInstancesOwnFile() throws IOException {
    sandbox.file("upper/.yfnode/config", "my own");
    try (OverlayMount mount = Overlays.mount(layers.privatePath(".yfnode/config").build())) {
      assertEquals("my own", Files.readString(mount.root().resolve(".yfnode/config")));
      assertEquals("data", Files.readString(mount.root().resolve(".yfnode/cache/data")));
    }
  }

  @Test
  void keepsTheInstancesOwnDirectoryWithoutTheLowers() throws IOException {
    sandbox.file("upper/.yfnode/keys/mine", "my own");
    try (OverlayMount mount = Overlays.mount(layers.privatePath(".yfnode/keys").build())) {
      assertEquals(List.of("mine"), names(mount.root().resolve(".yfnode/keys")));
    }
  }

  @Test
  void staysHiddenAndKeepsWhatIsWritten() throws IOException {
    OverlaySpec spec = layers.privatePath(".yfnode/config").build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      Files.writeString(mount.root().resolve(".yfnode/config"), "written");
    }
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("written", Files.readString(mount.root().resolve(".yfnode/config")));
      Files.delete(mount.root().resolve(".yfnode/config"));
    }
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertFalse(Files.exists(mount.root().resolve(".yfnode/config")));
      assertTrue(Files.exists(mount.root().resolve(".yfnode/cache/data")));
    }
  }

  /** The kernel mounts this without the index, which is seen and undone only afterwards. */
  @Test
  void nothingIsLeftInTheUpperWhenTheMountFails() throws IOException {
    sandbox.file("upper/.yfnode/keys/mine", "mine");
    SortedMap<String, String> before = sandbox.listing();
    OverlaySpec spec =
        layers
            .lower(Path.of("/sys/kernel"))
            .privatePath(".yfnode/config")
            .privatePath(".yfnode/keys")
            .privatePath(".yfnode/cache/data")
            .options(o -> o.withIndex(true))
            .build();
    assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(before, sandbox.listing());
    assertEquals(
        "",
        Sandbox.run(
            "getfattr", "-R", "-d", "-m", "trusted", sandbox.path("upper/.yfnode").toString()));
  }
}
