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

/** A merge into a lower on another file system, beside the programs that do the same by hand. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CrossBenchmark {
  /**
   * Removes what was deleted from the lower, copies the upper without its marks and whiteouts, and
   * empties it. Unlike a merge it syncs nothing, and shows half of the changes meanwhile.
   */
  private static final String PROGRAMS =
      """
      (cd "$2" && tr '\\n' '\\0' <"$3" | xargs -0 rm -rf)
      rsync -aHAX --no-devices --info=nonreg0 --filter='-x trusted.overlay.*' "$1/" "$2/"
      find "$1" -mindepth 1 -delete
      """;

  /** What each of the two file systems is. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private WorkloadDisk bed;

  /** Makes two copies: the upper of one is merged into the lower of the other. */
  @Setup(Level.Iteration)
  public void makeCopies() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.makeCopy();
    bed.makeCopyElsewhere();
  }

  /** Checks the result, and removes them. */
  @TearDown(Level.Iteration)
  public void discardCopies() throws IOException {
    bed.verifyResult(bed.lowerElsewhere());
    bed.discardCopyElsewhere();
    bed.discardCopy();
  }

  /** The programs: rm and rsync. */
  @Benchmark
  public String peer() throws IOException {
    return Sandbox.run(
        "sh",
        "-ec",
        PROGRAMS,
        "sh",
        bed.copyRoot().resolve("upper").toString(),
        bed.lowerElsewhere().toString(),
        bed.deletedListing().toString());
  }

  /** This library in a running JVM. */
  @Benchmark
  public MergeReport oneWorker() throws IOException {
    return merge(1);
  }

  /** The same with two threads. */
  @Benchmark
  public MergeReport twoWorkers() throws IOException {
    return merge(2);
  }

  private MergeReport merge(int workers) throws IOException {
    return OverlayMerge.of(BenchWorkload.specOver(bed.lowerElsewhere(), bed.copyRoot()))
        .workers(workers)
        .run();
  }

  /** This library as a program. */
  @Benchmark
  public String process() throws IOException {
    return mergeInProcess(1);
  }

  /** The same with two threads. */
  @Benchmark
  public String processOfTwoWorkers() throws IOException {
    return mergeInProcess(2);
  }

  private String mergeInProcess(int workers) throws IOException {
    return MergeProcesses.mergeInProcess(
        bed, bed.lowerElsewhere(), MergeProcesses.fastOptions(bed), workers);
  }
}
