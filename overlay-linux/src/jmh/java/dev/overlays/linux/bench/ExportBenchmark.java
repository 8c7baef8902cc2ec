package dev.overlays.linux.bench;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
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

/**
 * Archives of the lower, which is read again by each shot of a fork, beside GNU tar and what packs
 * its archive. Archives go to the tmpfs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public abstract class ExportBenchmark {
  private static final String TAR = "tar -c --format=pax --sort=name -C \"$1\" . ";

  /** What the layer is on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private final OciCompression compression;
  private final String packing;
  private WorkloadDisk bed;

  /** Takes the end of a shell's pipeline; it writes to $2. */
  ExportBenchmark(OciCompression compression, String packing) {
    this.compression = compression;
    this.packing = packing;
  }

  /** Not packed. */
  public static class OfTar extends ExportBenchmark {
    /** For JMH. */
    public OfTar() {
      super(OciCompression.NONE, ">\"$2\"");
    }
  }

  /** Packed by gzip, beside pigz(1), which must be installed, with two threads. */
  public static class OfGzip extends ExportBenchmark {
    /** For JMH. */
    public OfGzip() {
      super(OciCompression.GZIP, "| pigz -p2 >\"$2\"");
    }
  }

  /**
   * Packed by zstd, beside zstd(1), which must be installed, with as many threads as processors.
   */
  public static class OfZstd extends ExportBenchmark {
    /** For JMH. */
    public OfZstd() {
      super(OciCompression.ZSTD, "| zstd -q -T0 >\"$2\"");
    }
  }

  /** Makes the copy. */
  @Setup(Level.Trial)
  public void makeCopy() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.makeCopy();
  }

  /** Removes it, and the archive. */
  @TearDown(Level.Trial)
  public void discardCopy() throws IOException {
    Files.delete(archive());
    bed.discardCopy();
  }

  private Path layer() {
    return bed.copyRoot().resolve("lower");
  }

  private Path archive() {
    return bed.root().resolve("archive");
  }

  /** The programs. */
  @Benchmark
  public String peer() throws IOException {
    return Sandbox.run("sh", "-ec", TAR + packing, "sh", layer().toString(), archive().toString());
  }

  /** This library in a running JVM. */
  @Benchmark
  public OciBlob oneWorker() throws IOException {
    return export(1);
  }

  /** The same with two threads. */
  @Benchmark
  public OciBlob twoWorkers() throws IOException {
    return export(2);
  }

  private OciBlob export(int workers) throws IOException {
    try (OutputStream out = Files.newOutputStream(archive())) {
      return OciLayer.of(layer(), MarkNamespace.TRUSTED)
          .compression(compression)
          .workers(workers)
          .writeTo(out);
    }
  }

  /** This library as a process with two threads, and a JVM without options. */
  @Benchmark
  public String process() throws IOException {
    return ArchiveProcesses.export(layer(), archive(), compression, 2);
  }

  /** The same with a small heap. */
  @Benchmark
  public String smallProcess() throws IOException {
    return ArchiveProcesses.export(layer(), archive(), compression, 2, "-Xmx48m");
  }
}
