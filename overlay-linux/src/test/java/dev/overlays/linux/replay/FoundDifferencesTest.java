package dev.overlays.linux.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.replay.Difference;
import dev.overlays.testkit.replay.Differential;
import dev.overlays.testkit.replay.KnownDifference;
import dev.overlays.testkit.replay.MountedSide;
import dev.overlays.testkit.replay.ReplaySide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** That a kernel is not as a kernel that has other options. */
class FoundDifferencesTest {

  /** Which writes redirects, whatever it is asked for. */
  private record RedirectingSide(ReplaySide kernel) implements ReplaySide {
    @Override
    public Path directory() {
      return kernel.directory();
    }

    @Override
    public LayerStore store() {
      return kernel.store();
    }

    @Override
    public OpenedView open(OverlaySpec spec) throws IOException {
      return kernel.open(
          spec.toBuilder().options(options -> options.withRedirectDir(RedirectDir.ON)).build());
    }
  }

  @Test
  void aLowerDirectoryThatCanBeRenamedIsFound() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      ReplaySide kernel =
          new MountedSide(
              "kernel", sandbox.disk("disk"), new NativeLayerStore(), KnownDifference.ofKernel());
      Differential sides = Differential.between(kernel, new RedirectingSide(kernel));
      Difference difference =
          LongStream.range(0, 40)
              .filter(seed -> seed % 4 == 0)
              .mapToObj(seed -> sides.find(seed, 200))
              .flatMap(Optional::stream)
              .findFirst()
              .orElseThrow();
      String java = difference.replay().toString();
      // What it takes: one rename, and not a word about all else that was done.
      assertTrue(java.contains("\n    .move"), java);
      assertTrue(java.lines().filter(line -> !line.contains(".without(")).count() <= 3, java);
      AssertionError error =
          assertThrows(AssertionError.class, () -> sides.check(difference.replay()));
      assertEquals(difference.toString(), error.getMessage());
    }
  }
}
