package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.report.VacuumReport;
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

/** Operations that read the layers and change nothing; all shots of a fork share one copy. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ScanBenchmark {
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

  /** The C loop over the upper. */
  @Benchmark
  public String floorOfUpper() throws IOException {
    return Sandbox.run(bed.floorProgram().toString(), "scan", bed.copyRoot() + "/upper");
  }

  /** The C loop over both layers. */
  @Benchmark
  public String floorOfBoth() throws IOException {
    return Sandbox.run(
        bed.floorProgram().toString(),
        "scan",
        bed.copyRoot() + "/upper",
        bed.copyRoot() + "/lower");
  }

  /** The same, and before that the marks in the upper, for which a diff has to ask. */
  @Benchmark
  public String floorOfMarksAndBoth() throws IOException {
    return Sandbox.run(
        bed.floorProgram().toString(),
        "ask-and-scan",
        bed.copyRoot() + "/upper",
        bed.copyRoot() + "/lower");
  }

  /** Every change, one by one. */
  @Benchmark
  public long diff() throws IOException {
    return diff(1);
  }

  /** The same with two threads. */
  @Benchmark
  public long diffOfTwoWorkers() throws IOException {
    return diff(2);
  }

  private long diff(int workers) throws IOException {
    long[] count = new long[1];
    OverlayDiff.of(BenchWorkload.specOf(bed.copyRoot()))
        .workers(workers)
        .forEach(change -> count[0]++);
    return count[0];
  }

  /** What a vacuum would remove. */
  @Benchmark
  public VacuumReport vacuum() throws IOException {
    return vacuum(1);
  }

  /** The same with two threads. */
  @Benchmark
  public VacuumReport vacuumOfTwoWorkers() throws IOException {
    return vacuum(2);
  }

  private VacuumReport vacuum(int workers) throws IOException {
    return OverlayVacuum.of(BenchWorkload.specOf(bed.copyRoot())).workers(workers).dryRun();
  }
}
