package dev.overlays.linux.replay;

import dev.overlays.OverlayOptions;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import dev.overlays.testkit.replay.Differential;
import dev.overlays.testkit.replay.KnownDifference;
import dev.overlays.testkit.replay.MountedSide;
import dev.overlays.testkit.replay.ReplaySide;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What shows layers without a kernel, held to the kernel. For a night: {@code
 * -Doverlays.seeds=2000}, and {@code -Doverlays.operations} for other than 200 a seed.
 */
class DifferentialTest {
  private static final long SEEDS = Long.getLong("overlays.seeds", 30);
  private static final int OPERATIONS = Integer.getInteger("overlays.operations", 200);

  @AutoClose private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.disk("disk");
  }

  private ReplaySide kernel() {
    return new MountedSide("kernel", disk, new NativeLayerStore(), KnownDifference.ofKernel());
  }

  private static void check(Differential sides, long seeds) {
    Differential merged = sides.mergedBy((spec, store) -> OverlayMerge.of(spec).store(store).run());
    for (long seed = 0; seed < seeds; seed++) {
      merged.check(seed, OPERATIONS);
    }
  }

  /** That what is compared is determined: nothing of it differs from one kernel view to another. */
  @Test
  void aKernelIsAsAKernel() {
    check(Differential.between(kernel(), kernel()), (SEEDS + 9) / 10);
  }

  @Test
  void theUnionFileSystemIsAsAKernel() {
    ReplaySide union = new UnionSide(disk, new NativeLayerStore(), KnownDifference.ofUnion());
    check(Differential.between(kernel(), union), SEEDS);
  }

  /** Views are compared after every operation. */
  @Test
  void theUnionFileSystemIsAsAKernelAtEveryStep() {
    ReplaySide union = new UnionSide(disk, new NativeLayerStore(), KnownDifference.ofUnion());
    check(Differential.between(kernel(), union).viewsEvery(1), (SEEDS + 19) / 20);
  }

  /** Root may have its views in a namespace, too. */
  @Test
  void aRootlessViewIsAsAKernel() {
    ReplaySide rootless =
        new MountedSide(
            "rootless", disk, new NativeLayerStore(), KnownDifference.ofUserNamespace());
    OverlayOptions userMarks = OverlayOptions.defaults().withUserXattr(true);
    check(Differential.between(kernel(), rootless).options(seed -> userMarks), (SEEDS + 2) / 3);
  }

  @Test
  void theBackendInMemoryIsAsAKernel() throws IOException {
    checkMemory(UnaryOperator.identity());
  }

  @Test
  void theBackendInMemoryIsAsAKernelWithMarksOfUsers() throws IOException {
    OverlayOptions userMarks = OverlayOptions.defaults().withUserXattr(true);
    checkMemory(sides -> sides.options(seed -> userMarks));
  }

  private void checkMemory(UnaryOperator<Differential> options) throws IOException {
    try (FileSystem fileSystem = InMemoryFileSystems.create()) {
      Path directory = Files.createDirectory(fileSystem.getPath("/layers"));
      ReplaySide memory =
          new MountedSide(
              "in-memory", directory, new PortableLayerStore(), KnownDifference.ofJimfs());
      check(options.apply(Differential.between(kernel(), memory)), SEEDS);
    }
  }
}
