package dev.overlays.linux.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.replay.ComparedSide;
import dev.overlays.testkit.replay.DifferentialChecker;
import dev.overlays.testkit.replay.FoundDifference;
import dev.overlays.testkit.replay.KnownDifference;
import dev.overlays.testkit.replay.MountedSide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The differential test finds the difference between kernel views with different options. */
class FoundDifferencesTest {

  /** A side that always writes redirects. */
  private record RedirectingSide(ComparedSide kernel) implements ComparedSide {
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
      ComparedSide kernel =
          new MountedSide(
              "kernel",
              sandbox.mountDisk("disk"),
              new NativeLayerStore(),
              KnownDifference.ofKernel());
      DifferentialChecker sides = DifferentialChecker.between(kernel, new RedirectingSide(kernel));
      FoundDifference difference =
          LongStream.range(0, 40)
              .filter(seed -> seed % 4 == 0)
              .mapToObj(seed -> sides.findDifference(seed, 200))
              .flatMap(Optional::stream)
              .findFirst()
              .orElseThrow();
      String java = difference.replay().toString();
      // The minimal script is one rename, without the other operations.
      assertTrue(java.contains("\n    .move"), java);
      assertTrue(java.lines().filter(line -> !line.contains(".without(")).count() <= 3, java);
      AssertionError error =
          assertThrows(AssertionError.class, () -> sides.check(difference.replay()));
      assertEquals(difference.toString(), error.getMessage());
    }
  }
}
