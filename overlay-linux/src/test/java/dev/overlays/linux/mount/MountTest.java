package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of a mount. */
class MountTest {
  private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @AfterEach
  void close() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  @Test
  void writesGoToTheUpperOnly() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    sandbox.file("lower/shared", "base");
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("base", Files.readString(mount.root().resolve("shared")));
      Files.writeString(mount.root().resolve("shared"), "changed");
      Files.writeString(mount.root().resolve("new"), "new");
    }
    assertEquals("base", Files.readString(sandbox.path("lower/shared")));
    assertFalse(Files.exists(sandbox.path("lower/new")));
    assertEquals("changed", Files.readString(sandbox.path("upper/shared")));
    assertEquals("new", Files.readString(sandbox.path("upper/new")));
  }

  @Test
  void tellsWhatItIs() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertSame(spec, mount.spec());
      assertEquals(sandbox.path("mnts"), mount.root());
      assertEquals("kernel", mount.backend());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  void closesOnceAndLeavesTheMountPointAsItWas() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    SortedMap<String, String> before = sandbox.listing();
    OverlayMount mount = Overlays.mount(spec);
    mount.close();
    assertFalse(mount.isMounted());
    mount.close();
    assertFalse(mount.isMounted());
    SortedMap<String, String> after = sandbox.listing();
    // The kernel's own, of mode 000, which it makes anew at each mount.
    after.remove("work/work");
    assertEquals(before, after);
  }

  @Test
  void mountsTheSameSpecAgain() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      Files.writeString(mount.root().resolve("kept"), "from the first");
    }
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("from the first", Files.readString(mount.root().resolve("kept")));
    }
  }

  @Test
  void closesOnlyTheViewItHolds() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    OverlayMount first = Overlays.mount(spec);
    first.close();
    try (OverlayMount second = Overlays.mount(spec)) {
      assertFalse(first.isMounted());
      first.close();
      assertTrue(second.isMounted());
    }
  }

  @Test
  void resolvesRelativePathsAgainstTheWorkingDirectory() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    sandbox.file("lower/shared", "base");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(here.relativize(sandbox.directory("lower")))
            .instance(here.relativize(sandbox.path("instance")))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertTrue(mount.root().isAbsolute(), mount.root()::toString);
      assertEquals("base", Files.readString(mount.root().resolve("shared")));
      assertTrue(Overlays.find(spec.mountPoint().orElseThrow()).isPresent());
    }
  }

  @Test
  void readsSeveralLowersWithoutAnUpper() throws IOException {
    sandbox.file("top/both", "top");
    sandbox.file("bottom/both", "bottom");
    sandbox.file("bottom/below", "bottom");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("top"))
            .lower(sandbox.path("bottom"))
            .mountPoint(sandbox.directory("mnts"))
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("top", Files.readString(mount.root().resolve("both")));
      assertEquals("bottom", Files.readString(mount.root().resolve("below")));
      assertEquals(spec, Overlays.find(mount.root()).orElseThrow().spec());
      Path refused = mount.root().resolve("refused");
      assertThrows(IOException.class, () -> Files.writeString(refused, "x"));
    }
  }
}
