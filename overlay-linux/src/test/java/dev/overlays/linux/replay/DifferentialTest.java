package dev.overlays.linux.replay;

import dev.overlays.OverlayOptions;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import dev.overlays.testkit.replay.ComparedSide;
import dev.overlays.testkit.replay.DifferentialChecker;
import dev.overlays.testkit.replay.KnownDifference;
import dev.overlays.testkit.replay.MountedSide;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What shows layers without a kernel, held to the kernel. For a night: {@code
 * -Doverlays.seeds=2000}, and {@code -Doverlays.operations} for other than 200 a seed.
 */
@Tag("long")
class DifferentialTest {
  private static final long SEEDS = Long.getLong("overlays.seeds", 30);
  private static final int OPERATIONS = Integer.getInteger("overlays.operations", 200);

  @AutoClose private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountDisk("disk");
  }

  private ComparedSide kernel() {
    return new MountedSide("kernel", disk, new NativeLayerStore(), KnownDifference.ofKernel());
  }

  private static void check(DifferentialChecker sides, long seeds) {
    DifferentialChecker merged =
        sides.withMerge((spec, store) -> OverlayMerge.of(spec).store(store).run());
    for (long seed = 0; seed < seeds; seed++) {
      merged.check(seed, OPERATIONS);
    }
  }

  /** Checks that the comparison is deterministic: two kernel views do not differ. */
  @Test
  void kernelViewsAgree() {
    check(DifferentialChecker.between(kernel(), kernel()), (SEEDS + 9) / 10);
  }

  @Test
  void unionFileSystemAgreesWithTheKernel() {
    ComparedSide union = new UnionSide(disk, new NativeLayerStore(), KnownDifference.ofUnion());
    check(DifferentialChecker.between(kernel(), union), SEEDS);
  }

  /** Views are compared after every operation. */
  @Test
  void unionFileSystemAgreesWithTheKernelAtEveryStep() {
    ComparedSide union = new UnionSide(disk, new NativeLayerStore(), KnownDifference.ofUnion());
    check(DifferentialChecker.between(kernel(), union).comparingViewsEvery(1), (SEEDS + 19) / 20);
  }

  /** Root may have its views in a namespace, too. */
  @Test
  void rootlessViewAgreesWithTheKernel() {
    ComparedSide rootless =
        new MountedSide(
            "rootless", disk, new NativeLayerStore(), KnownDifference.ofUserNamespace());
    OverlayOptions userMarks = OverlayOptions.defaults().withUserXattr(true);
    check(
        DifferentialChecker.between(kernel(), rootless).withOptions(seed -> userMarks),
        (SEEDS + 2) / 3);
  }

  @Test
  void memoryBackendAgreesWithTheKernel() throws IOException {
    checkMemory(UnaryOperator.identity());
  }

  @Test
  void memoryBackendAgreesWithTheKernelWithMarksOfUsers() throws IOException {
    OverlayOptions userMarks = OverlayOptions.defaults().withUserXattr(true);
    checkMemory(sides -> sides.withOptions(seed -> userMarks));
  }

  private void checkMemory(UnaryOperator<DifferentialChecker> options) throws IOException {
    try (FileSystem fileSystem = InMemoryFileSystems.create()) {
      Path directory = Files.createDirectory(fileSystem.getPath("/layers"));
      ComparedSide memory =
          new MountedSide(
              "in-memory", directory, new PortableLayerStore(), KnownDifference.ofJimfs());
      check(options.apply(DifferentialChecker.between(kernel(), memory)), SEEDS);
    }
  }
}
