package dev.overlays.linux.bench;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A system call that does nothing, {@value #CALLS} times per shot. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CallBenchmark {
  private static final int CALLS = 3_000_000;

  /** Where the C program is; the call reads no file. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  /** In C. */
  @Benchmark
  public String floorCalls() throws IOException {
    return Sandbox.run(
        WorkloadDisk.of(fileSystem).floorProgram().toString(), "calls", Integer.toString(CALLS));
  }

  /** By the library's own seam to the kernel. */
  @Benchmark
  public long calls() {
    long sum = 0;
    for (int i = 0; i < CALLS; i++) {
      sum += Kernel.attempt(Syscall.GETEUID);
    }
    return sum;
  }
}
