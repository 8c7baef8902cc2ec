package dev.overlays.linux.bench;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciImportReport;
import java.io.IOException;
import java.io.InputStream;
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
 * Unpacks an archive of the lower, from the tmpfs, beside GNU tar. The library syncs the layer to
 * the disk; GNU tar does not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ImportBenchmark {
  /** What the layer is on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  private WorkloadDisk bed;

  /** Makes the archive. */
  @Setup(Level.Trial)
  public void makeArchive() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.makeCopy();
    try (OutputStream out = Files.newOutputStream(archive())) {
      OciLayer.of(bed.copyRoot().resolve("lower"), MarkNamespace.TRUSTED)
          .compression(OciCompression.NONE)
          .writeTo(out);
    }
    bed.discardCopy();
  }

  /** Makes an empty file system. */
  @Setup(Level.Iteration)
  public void mountEmpty() throws IOException {
    bed.mountEmpty();
  }

  /** Checks what was unpacked, and removes it. */
  @TearDown(Level.Iteration)
  public void discardLayer() throws IOException {
    Sandbox.run(
        "tar", "--compare", "--file", archive().toString(), "--directory", layer().toString());
    bed.discardCopy();
  }

  /** Removes the archive. */
  @TearDown(Level.Trial)
  public void discardArchive() throws IOException {
    Files.delete(archive());
  }

  private Path layer() {
    return bed.copyRoot().resolve("layer");
  }

  private Path archive() {
    return bed.root().resolve("archive.tar");
  }

  private String extract(String then) throws IOException {
    String script = "mkdir \"$2\"; tar -x -f \"$1\" -C \"$2\"" + then;
    return Sandbox.run("sh", "-ec", script, "sh", archive().toString(), layer().toString());
  }

  /** GNU tar. */
  @Benchmark
  public String peer() throws IOException {
    return extract("");
  }

  /** GNU tar, and sync(1) of the file system. */
  @Benchmark
  public String syncedPeer() throws IOException {
    return extract("; sync -f \"$2\"");
  }

  /** This library in a running JVM. */
  @Benchmark
  public OciImportReport oneWorker() throws IOException {
    return unpack(1);
  }

  /** The same with two threads. */
  @Benchmark
  public OciImportReport twoWorkers() throws IOException {
    return unpack(2);
  }

  private OciImportReport unpack(int workers) throws IOException {
    try (InputStream in = Files.newInputStream(archive())) {
      return OciImport.to(layer()).workers(workers).run(in);
    }
  }

  /** This library as a process with two threads, and a JVM without options. */
  @Benchmark
  public String process() throws IOException {
    return ArchiveProcesses.unpack(archive(), layer(), 2);
  }
}
