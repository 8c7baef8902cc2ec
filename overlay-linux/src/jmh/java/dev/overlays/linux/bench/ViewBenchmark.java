package dev.overlays.linux.bench;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
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

/** The cost of each kind of view, compared with a plain directory of the same content. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ViewBenchmark {
  private static final String PLAIN = "plain";
  private static final String PRIVATE = "private";

  /** What the layers are on. */
  @Param({"tmpfs", "ext4", "xfs"})
  public String fileSystem;

  /** A plain directory, a backend, or the kernel's view without a mount point. */
  @Param({PLAIN, "kernel", PRIVATE, "rootless", "fuse-overlayfs"})
  public String view;

  private WorkloadDisk bed;
  private Path place;
  private OverlayMount mount;
  private ViewLoad load;

  /** Makes the lower. */
  @Setup(Level.Trial)
  public void makeLower() throws IOException {
    bed = WorkloadDisk.of(fileSystem);
    bed.mountEmpty();
    place = bed.copyRoot().resolve("views");
    new ViewLoad(Files.createDirectories(place.resolve("lower"))).makeFiles();
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void discardCopy() throws IOException {
    clearDirectory(place);
    bed.discardCopy();
  }

  /** A fresh upper, or a copy. */
  @Setup(Level.Iteration)
  public void openView() throws IOException {
    if (view.equals(PLAIN)) {
      Path copy = place.resolve("copy");
      Sandbox.run("cp", "-a", place.resolve("lower").toString(), copy.toString());
      load = new ViewLoad(copy);
    } else {
      mount = mountView();
      load = new ViewLoad(mount.root());
    }
  }

  private OverlayMount mountView() throws IOException {
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .lower(place.resolve("lower"))
            .options(o -> o.withUserXattr(view.equals("rootless")));
    if (view.equals(PRIVATE)) {
      Path instance = Files.createDirectories(place.resolve("instance/upper")).getParent();
      Files.createDirectories(instance.resolve("work"));
      spec.upper(instance.resolve("upper")).work(instance.resolve("work"));
      return Overlays.mount(spec.build(), "kernel");
    }
    return Overlays.mount(spec.instance(place.resolve("instance")).build(), view);
  }

  /** Removes it again. */
  @TearDown(Level.Iteration)
  public void closeView() throws IOException {
    if (mount != null) {
      mount.close();
      mount = null;
    }
    for (String name : new String[] {"copy", "instance"}) {
      if (Files.exists(place.resolve(name))) {
        clearDirectory(place.resolve(name));
        Files.delete(place.resolve(name));
      }
    }
  }

  private static void clearDirectory(Path directory) throws IOException {
    try (LayerDirectory layer = LayerStore.of(directory).open(directory)) {
      LayerEntries.removeAll(layer);
    }
  }

  /** Many small calls. */
  @Benchmark
  public int metadata() throws IOException {
    return load.changeMetadata();
  }

  /** Few big ones. */
  @Benchmark
  public long data() throws IOException {
    return load.copyData();
  }

  /** Mounts and unmounts a view ten times. */
  @Benchmark
  public void mountTenTimes() throws IOException {
    for (int i = 0; i < 10 && mount != null; i++) {
      mount.close();
      mount = mountView();
    }
  }
}
