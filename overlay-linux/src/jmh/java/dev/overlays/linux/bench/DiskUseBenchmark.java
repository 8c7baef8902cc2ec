package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
import dev.overlays.merge.DiskUse;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
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

/** The disk use of the lower, beside du(1). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DiskUseBenchmark {
  /** What the layer is on. */
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

  private Path layer() {
    return bed.copyRoot().resolve("lower");
  }

  /** The program. */
  @Benchmark
  public String peer() throws IOException {
    return Sandbox.run("du", "-s", layer().toString());
  }

  /** This library in a running JVM. */
  @Benchmark
  public DiskUse oneWorker() throws IOException {
    return measure(1);
  }

  /** The same with two threads. */
  @Benchmark
  public DiskUse twoWorkers() throws IOException {
    return measure(2);
  }

  private DiskUse measure(int workers) throws IOException {
    return DiskUse.of(layer(), LayerStore.of(layer()), workers);
  }
}
