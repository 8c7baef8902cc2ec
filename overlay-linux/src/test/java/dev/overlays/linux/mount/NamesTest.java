package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many long names, and one that looks like an option. */
class NamesTest {
  private static final int MOST_LOWERS = 500;
  private static final String LONG = "a-name-of-forty-characters-is-used-here-";

  @Test
  void fiveHundredLowersWithLongPaths() throws IOException {
    KernelAbility.LAYERS_BY_NAME.assumePresent();
    try (Sandbox sandbox = Sandbox.asRoot()) {
      String parents = (LONG + "/").repeat(5);
      for (int i = 0; i < MOST_LOWERS; i++) {
        sandbox.createFile(parents + i + "/top-most", Integer.toString(i));
        sandbox.createFile(parents + i + "/only-" + i, Integer.toString(i));
      }
      OverlaySpec spec =
          sandbox
              .newLayers()
              .lowers(
                  IntStream.range(0, MOST_LOWERS).mapToObj(i -> sandbox.path(parents + i)).toList())
              .build();
      try (OverlayMount mount = Overlays.mount(spec)) {
        assertEquals("0", Files.readString(mount.root().resolve("top-most")));
        for (int i = 0; i < MOST_LOWERS; i++) {
          assertEquals(Integer.toString(i), Files.readString(mount.root().resolve("only-" + i)));
        }
        assertEquals(spec, Overlays.find(mount.root()).orElseThrow().spec());
        Files.writeString(mount.root().resolve("top-most"), "upper");
      }
      assertEquals("upper", Files.readString(sandbox.path("upper/top-most")));
      assertEquals("0", Files.readString(sandbox.path(parents + "0/top-most")));
    }
  }

  @Test
  void aCommaInAnUpperNameLeadsNowhereElse() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      Path elsewhere = sandbox.createDirectory("elsewhere");
      OverlaySpec spec =
          sandbox.newLayers().upper(sandbox.createDirectory("u,upperdir=" + elsewhere)).build();
      try (OverlayMount mount = Overlays.mount(spec)) {
        Files.writeString(mount.root().resolve("file"), "");
      }
      assertThrows(IOException.class, () -> Files.readString(elsewhere.resolve("file")));
    }
  }
}
