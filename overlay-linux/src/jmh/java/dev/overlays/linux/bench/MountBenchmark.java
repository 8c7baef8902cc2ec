package dev.overlays.linux.bench;

import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Mounts and unmounts a view {@value #PAIRS} times per shot. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class MountBenchmark {
  private static final int PAIRS = 500;

  /** What the layers are on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private WorkloadDisk bed;

  /** Makes the copy. */
  @Setup(Level.Trial)
  public void makeCopy() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.makeCopy();
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void discardCopy() throws IOException {
    bed.discardCopy();
  }

  /** By mount(2) and umount(2), in C. */
  @Benchmark
  public String floorMounts() throws IOException {
    return runFloor("mount");
  }

  /** In C, with the locks and the probe that keep other mounts and merges away. */
  @Benchmark
  public String floorLockedMounts() throws IOException {
    return runFloor("locked-mount");
  }

  private String runFloor(String what) throws IOException {
    String run = bed.copyRoot().toString();
    return Sandbox.run(
        bed.floorProgram().toString(),
        what,
        run + "/lower",
        run + "/upper",
        run + "/work",
        run + "/mnts",
        Integer.toString(PAIRS));
  }

  /** By this library, with its checks. */
  @Benchmark
  public void mounts() throws IOException {
    for (int i = 0; i < PAIRS; i++) {
      Overlays.mount(BenchWorkload.specOf(bed.copyRoot())).close();
    }
  }

  /** The same at a place that the library makes, and removes again. */
  @Benchmark
  public void mountsWithoutMountPoint() throws IOException {
    OverlaySpec given = BenchWorkload.specOf(bed.copyRoot());
    OverlaySpec spec =
        OverlaySpec.builder()
            .lowers(given.lowers())
            .upper(given.upper().orElseThrow())
            .work(given.work().orElseThrow())
            .build();
    for (int i = 0; i < PAIRS; i++) {
      Overlays.mount(spec).close();
    }
  }
}
