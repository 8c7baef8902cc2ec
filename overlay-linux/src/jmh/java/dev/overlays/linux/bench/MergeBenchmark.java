package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.report.MergeReport;
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

/** One merge per shot, of a fresh copy of the layers; the result is verified. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class MergeBenchmark {
  /** What the layers are on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private WorkloadDisk bed;

  /** Makes the copy. */
  @Setup(Level.Iteration)
  public void makeCopy() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.makeCopy();
  }

  /** Checks and removes it. */
  @TearDown(Level.Iteration)
  public void discardCopy() throws IOException {
    bed.verifyResult(bed.copyRoot().resolve("lower"));
    bed.discardCopy();
  }

  /** The C program, as a process. */
  @Benchmark
  public String floor() throws IOException {
    return Sandbox.run(
        bed.floorProgram().toString(),
        "merge",
        bed.copyRoot() + "/lower",
        bed.copyRoot() + "/upper");
  }

  /** This library in a running JVM. */
  @Benchmark
  public MergeReport oneWorker() throws IOException {
    return OverlayMerge.of(BenchWorkload.specOf(bed.copyRoot())).run();
  }

  /** The same with two threads. */
  @Benchmark
  public MergeReport twoWorkers() throws IOException {
    return OverlayMerge.of(BenchWorkload.specOf(bed.copyRoot())).workers(2).run();
  }

  /** This library as a process, including the start of a JVM. */
  @Benchmark
  public String process() throws IOException {
    return MergeProcesses.mergeInProcess(bed, MergeProcesses.fastOptions(bed), 1);
  }

  /** The same with two threads. */
  @Benchmark
  public String processOfTwoWorkers() throws IOException {
    return MergeProcesses.mergeInProcess(bed, MergeProcesses.fastOptions(bed), 2);
  }

  /** The same with one thread, and a JVM without options. */
  @Benchmark
  public String plainProcess() throws IOException {
    return MergeProcesses.mergeInProcess(bed, MergeProcesses.plainOptions(), 1);
  }
}
