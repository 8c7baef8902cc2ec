package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
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

/** The alternative to a merge: a well-known tool copies the view to a fresh directory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CopyBenchmark {
  /** What the layers and the copy are on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private WorkloadDisk bed;

  /** Mounts the view of a copy of the layers. */
  @Setup(Level.Iteration)
  public void mountView() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.makeCopy();
    bed.mountView();
  }

  /** Checks and removes it all. */
  @TearDown(Level.Iteration)
  public void discardCopy() throws IOException {
    bed.unmountView();
    bed.verifyResult(result());
    bed.discardCopy();
  }

  private Path result() {
    return bed.copyRoot().resolve("result");
  }

  /** By rsync. */
  @Benchmark
  public String rsync() throws IOException {
    return Sandbox.run("rsync", "-aHAX", bed.copyRoot() + "/mnts/", result() + "/");
  }

  /** By cp. */
  @Benchmark
  public String cp() throws IOException {
    return Sandbox.run("cp", "-a", bed.copyRoot() + "/mnts", result().toString());
  }
}
