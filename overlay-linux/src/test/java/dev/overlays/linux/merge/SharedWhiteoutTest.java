package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whiteouts as the kernel makes them, names of one inode, with real devices among them. */
class SharedWhiteoutTest {
  private static final int FILES = 30;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @Test
  void devicesAmongThemStay() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    Path lower = spec.lowers().get(0);
    for (int i = 0; i < FILES; i++) {
      Files.createFile(lower.resolve("gone" + i));
    }
    try (OverlayMount mount = Overlays.mount(spec)) {
      for (int i = 0; i < FILES; i++) {
        Files.delete(mount.root().resolve("gone" + i));
        Sandbox.run("mknod", mount.root().resolve("null" + i).toString(), "c", "1", "3");
      }
    }
    Path upper = spec.upper().orElseThrow();
    Object links = Files.getAttribute(upper.resolve("gone0"), "unix:nlink");
    assertTrue((int) links > 1, "the kernel makes each whiteout anew: " + links);
    OverlayMerge.of(spec).run();
    for (int i = 0; i < FILES; i++) {
      assertTrue(Files.notExists(lower.resolve("gone" + i)));
      assertEquals(0x103L, Files.getAttribute(lower.resolve("null" + i), "unix:rdev"));
    }
    try (Stream<Path> left = Files.list(upper)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
