package dev.overlays.linux.replay;

import dev.overlays.OverlayOptions;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.replay.ComparedSide;
import dev.overlays.testkit.replay.DifferentialChecker;
import dev.overlays.testkit.replay.KnownDifference;
import dev.overlays.testkit.replay.MountedSide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What an ordinary user mounts, held to the union file system; not root, whose peer is the kernel.
 */
class RootlessReplays {
  private static final long SEEDS = Long.getLong("overlays.seeds", 100);
  private static final int OPERATIONS = Integer.getInteger("overlays.operations", 200);

  @Test
  void rootlessViewAgreesWithTheUnionFileSystem() throws IOException {
    Path disk = Files.createTempDirectory("replays");
    ComparedSide rootless =
        new MountedSide(
            "rootless", disk, new NativeLayerStore(), KnownDifference.ofUserNamespace());
    ComparedSide union = new UnionSide(disk, new NativeLayerStore(), KnownDifference.ofUnion());
    OverlayOptions options = OverlayOptions.defaults().withUserXattr(true);
    DifferentialChecker sides =
        DifferentialChecker.between(rootless, union)
            .withOptions(seed -> options)
            .withMerge((spec, store) -> OverlayMerge.of(spec).store(store).run());
    for (long seed = 0; seed < SEEDS; seed++) {
      sides.check(seed, OPERATIONS);
    }
  }
}
