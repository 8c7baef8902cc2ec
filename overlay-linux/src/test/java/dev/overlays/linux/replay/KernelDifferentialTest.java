package dev.overlays.linux.replay;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.testkit.replay.Differential;
import dev.overlays.testkit.replay.MountedSide;
import dev.overlays.testkit.replay.Side;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That the harness calls equal what is equal, and finds and shrinks what is not. */
class KernelDifferentialTest {
  private static final long SEEDS = Long.getLong("overlays.seeds", 40);
  private static final int OPERATIONS = Integer.getInteger("overlays.operations", 200);

  private Sandbox sandbox;
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.tmpfs("disk");
  }

  @AfterEach
  void checkSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private Side kernel() {
    return new MountedSide("kernel", disk, new NativeLayerStore());
  }

  @Test
  void aKernelEqualsItself() {
    Differential kernels = Differential.between(kernel(), kernel());
    long t = System.nanoTime();
    for (long seed = 0; seed < SEEDS; seed++) {
      kernels.check(seed, OPERATIONS);
    }
    System.out.println((System.nanoTime() - t) / 1000000 + " ms");
  }
}
