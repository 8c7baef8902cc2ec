package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many mounts in sequence: none fails, none leaks, and they do not slow down. Run a thousand with
 * {@code -Doverlays.mounts=1000}.
 */
class RootlessManyMounts extends RootlessTestBase {
  private static final int MOUNTS = Integer.getInteger("overlays.mounts", 100);

  /** Without a held view, each mount gets a new namespace. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyMountsInSequenceLeaveNothing(boolean sharedNamespace) throws IOException {
    sandbox.createFile("lower/file", "lower");
    OverlaySpec.Builder held =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .instance(sandbox.path("held"))
            .options(options -> options.withUserXattr(true));
    OverlayMount holding = sharedNamespace ? mountByName(held) : null;
    long[] up = new long[MOUNTS];
    long[] down = new long[MOUNTS];
    for (int i = 0; i < MOUNTS; i++) {
      long start = System.nanoTime();
      OverlayMount mount = mountByName(newLayers());
      up[i] = System.nanoTime() - start;
      assertEquals(i == 0 ? "lower" : "written by " + (i - 1), content(mount));
      Files.writeString(mount.root().resolve("file"), "written by " + i);
      start = System.nanoTime();
      mount.close();
      down[i] = System.nanoTime() - start;
    }
    assertEquals("written by " + (MOUNTS - 1), upperPath("file"));
    if (holding != null) {
      holding.close();
    }
    System.out.printf(
        "%d mounts, %s: median of a mount %.1f ms, of an unmount %.1f ms%n",
        MOUNTS, sharedNamespace ? "one namespace" : "a namespace each", median(up), median(down));
  }

  private static String content(OverlayMount mount) throws IOException {
    return Files.readString(mount.root().resolve("file"));
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }
}
