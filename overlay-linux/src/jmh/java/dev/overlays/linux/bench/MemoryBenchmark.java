package dev.overlays.linux.bench;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
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

/** The cost of a view in memory, compared with a plain jimfs that is used in the same way. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class MemoryBenchmark {
  private static final int DIRECTORIES = 50;
  private static final int FILES = 100;
  private static final String PLAIN = "plain";
  private static final String IN_MEMORY = "in-memory";

  /** What the layers are on; there is no choice. */
  @Param("memory")
  public String fileSystem;

  /** A plain jimfs, or the backend. */
  @Param({PLAIN, IN_MEMORY})
  public String view;

  private FileSystem memory;
  private OverlayMount mount;
  private Path root;

  /** An empty file system, or an empty view. */
  @Setup(Level.Iteration)
  public void openView() throws IOException {
    if (view.equals(PLAIN)) {
      memory = Jimfs.newFileSystem(Configuration.unix());
      root = Files.createDirectory(memory.getPath("/root"));
      return;
    }
    memory = InMemoryFileSystems.create();
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(Files.createDirectory(memory.getPath("/lower")))
            .instance(memory.getPath("/instance"))
            .build();
    mount = Overlays.mount(spec, IN_MEMORY);
    root = mount.root();
  }

  /** Closes both. */
  @TearDown(Level.Iteration)
  public void closeView() throws IOException {
    if (mount != null) {
      mount.close();
      mount = null;
    }
    memory.close();
  }

  /** In a JVM that has done nothing of that before, as a small test. */
  @Benchmark
  public long firstUse() throws IOException {
    return makeReadListAndDelete();
  }

  /** In a JVM that has done it many times. */
  @Benchmark
  public long laterUse() throws IOException {
    return makeReadListAndDelete();
  }

  private long makeReadListAndDelete() throws IOException {
    long seen = 0;
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = Files.createDirectory(root.resolve("d" + i));
      for (int j = 0; j < FILES; j++) {
        Files.writeString(directory.resolve("f" + j), "file " + j);
      }
    }
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = root.resolve("d" + i);
      for (int j = 0; j < FILES; j++) {
        seen += Files.readString(directory.resolve("f" + j)).length();
      }
    }
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = root.resolve("d" + i);
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          seen += entry.getNameCount();
        }
      }
      for (int j = 0; j < FILES; j += 2) {
        Files.delete(directory.resolve("f" + j));
      }
    }
    return seen;
  }
}
