package dev.overlays.linux.bench;

import dev.overlays.cache.CacheStatus;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

/** The status of a cache with many instances, beside du(1) of all its layers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StatusBenchmark {
  /** What the cache is on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private WorkloadDisk bed;
  private CacheWorkload workload;

  /** Makes the cache. */
  @Setup(Level.Trial)
  public void makeCache() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.mountEmpty();
    workload =
        new CacheWorkload(
            bed.copyRoot(), Double.parseDouble(System.getProperty(WorkloadDisk.SCALE, "1")));
    workload.makeCache();
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void discardCache() throws IOException {
    bed.discardCopy();
  }

  /** The program, which adds up the layers, and says nothing of what a merge would free. */
  @Benchmark
  public String peer() throws IOException {
    List<String> command = new ArrayList<>(List.of("du", "-s", workload.lower().toString()));
    workload.cache().instances().forEach(each -> command.add(each.directory() + "/upper"));
    return Sandbox.run(command.toArray(String[]::new));
  }

  /** This library in a running JVM. */
  @Benchmark
  public CacheStatus oneWorker() throws IOException {
    return workload.cache().status(1, row -> {});
  }

  /** The same with two threads. */
  @Benchmark
  public CacheStatus twoWorkers() throws IOException {
    return workload.cache().status(2, row -> {});
  }
}
