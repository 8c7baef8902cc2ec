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
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A lower whose entries have the attributes of chattr(1), which the kernel changes for nobody. */
class ProtectedLowerTest {
  private static final int FILES = 12;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @ParameterizedTest
  @CsvSource({"+i, d/*", "+a, d/*", "+i, d", "+a, d", "+i, d d/*"})
  void protectedLowerIsMergedInto(String attribute, String what) throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    Path lower = spec.lowers().get(0);
    Files.createDirectory(lower.resolve("d"));
    for (int i = 0; i < FILES; i++) {
      Files.createFile(lower.resolve("d/replaced" + i));
      Files.createFile(lower.resolve("d/deleted" + i));
    }
    try (OverlayMount mount = Overlays.mount(spec)) {
      for (int i = 0; i < FILES; i++) {
        Files.delete(mount.root().resolve("d/deleted" + i));
        Path file = mount.root().resolve("d/replaced" + i);
        Files.delete(file);
        Files.writeString(file, "new");
      }
    }
    protect(attribute, what, lower);
    try {
      OverlayMerge.of(spec).run();
      for (int i = 0; i < FILES; i++) {
        assertEquals("new", Files.readString(lower.resolve("d/replaced" + i)));
        assertTrue(Files.notExists(lower.resolve("d/deleted" + i)));
      }
    } finally {
      protect("-ia", "-R d", lower);
    }
  }

  private static void protect(String attribute, String what, Path lower) throws IOException {
    Sandbox.run("sh", "-ec", "cd \"$1\"; chattr " + attribute + " " + what, "sh", lower.toString());
  }
}
