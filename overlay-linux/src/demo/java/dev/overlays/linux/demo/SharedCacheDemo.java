package dev.overlays.linux.demo;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.Maintenance;
import dev.overlays.cache.SharedCache;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Three instances share one cache. The demo mounts them, writes to them, and merges their changes
 * into the cache by a maintenance; after each step it prints the files on the disk.
 */
public final class SharedCacheDemo {
  private static final List<String> INSTANCES = List.of("ttnode1", "ttnode2", "ttnode3");

  private final DemoScreen screen;
  private final DemoOutput story;
  private final CacheFiles files;
  private final Path fstab;
  private final boolean ofUser;
  private SharedCache cache;

  private SharedCacheDemo(Path directory, boolean ofUser, DemoScreen screen) throws IOException {
    this.screen = screen;
    this.ofUser = ofUser;
    story = new DemoOutput(screen);
    files = new CacheFiles(directory.resolve("static_cache"));
    fstab = directory.resolve("fstab");
    cache =
        SharedCache.of(files.root(), Files.createDirectory(directory.resolve("instances")))
            .privatePath(CacheFiles.CONFIG)
            .options(o -> o.withUserXattr(ofUser));
  }

  /**
   * Runs the demo in a new temporary directory, which is removed afterwards. If nothing can be
   * mounted, it says so and runs in memory.
   *
   * @param args none, or the parent of the temporary directory
   * @throws IOException if a file cannot be written; where nothing can be mounted or merged, the
   *     problems are printed and the exit status is 1
   */
  public static void main(String[] args) throws IOException {
    Path parent = Path.of(args.length > 0 ? args[0] : System.getProperty("java.io.tmpdir"));
    DemoScreen screen = DemoScreen.ofStandardOutput();
    boolean told;
    if (MountObstacles.findObstacles(parent, false).isEmpty()) {
      told = runIn(parent, false, screen);
    } else if (MountObstacles.findObstacles(parent, true).isEmpty()) {
      screen.printLine("Without root's rights the marks of the overlays are attributes user.*.");
      told = runIn(parent, true, screen);
    } else {
      screen.printLine("Nothing can be mounted here:");
      for (Problem obstacle : MountObstacles.findObstacles(parent, true)) {
        screen.printLine(obstacle.toString());
      }
      screen.printLine("So this is shown in memory, where only this process sees it.");
      told = runInMemory(screen);
    }
    if (!told) {
      System.exit(1);
    }
  }

  /** Runs the demo in memory; false if it failed. */
  static boolean runInMemory(DemoScreen screen) throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      return runIn(memory.getPath("/work"), false, screen);
    }
  }

  private static boolean runIn(Path parent, boolean ofUser, DemoScreen screen) throws IOException {
    Path directory = Files.createTempDirectory(parent, "overlays-demo");
    try {
      new SharedCacheDemo(directory, ofUser, screen).run();
      return true;
    } catch (OverlayException e) {
      screen.printLine("It cannot be shown here:");
      e.problems().forEach(problem -> screen.printLine(problem.toString()));
      return false;
    } finally {
      try (LayerDirectory root = LayerStore.of(directory).open(directory)) {
        LayerEntries.removeAll(root);
      }
      Files.delete(directory);
    }
  }

  private void run() throws IOException {
    story.runStep(
        "A cache of files, the lower: every instance needs it, none may change it",
        files::createFiles);
    story.printTree(files.root());
    String before = story.fingerprintOf(files.root());
    keepBootEntries();
    try {
      for (String name : INSTANCES) {
        story.runStep("Make and mount " + name, () -> makeInstance(name));
      }
      story.printLine(
          "Each sees the whole cache but the private " + CacheFiles.CONFIG + ", and writes:");
      changeViews();
      for (CacheInstance instance : cache.instances()) {
        story.printLine("");
        story.printLine("What " + instance.name() + " shows:");
        story.printTree(viewRoot(instance.name()));
        story.printLine("and what of that is its own, in its upper:");
        story.printTree(instance.spec().upper().orElseThrow());
      }
      story.printComparison("the lower", before, story.fingerprintOf(files.root()));
      showBootEntries();
      showStatus();
      maintainCache();
      showStatus();
      story.printLine("Mounted again: what ttnode1 shows is what all three have done, and its own");
      story.printLine("configuration:");
      story.printTree(viewRoot("ttnode1"));
      story.printLine("The lower, for everybody, and without a mark of the overlays in it:");
      story.printTree(files.root());
    } finally {
      story.runStep("Unmount", () -> cache.unmountAll(UnmountOptions.strict()));
    }
  }

  /** Keeps boot entries in the demo's own file; the real one is {@code /etc/fstab}. */
  private void keepBootEntries() throws IOException {
    // Only root's views are mounted for everybody, and at the start.
    if (fstab.getFileSystem() == FileSystems.getDefault() && !ofUser) {
      Files.writeString(fstab, "# what this machine mounts at its start\n");
      cache = cache.bootEntries(Overlays.bootEntries(fstab));
    }
  }

  private void makeInstance(String name) throws IOException {
    cache.create(name);
    cache.mount(name);
  }

  private Path viewRoot(String name) throws IOException {
    OverlayMount mount = cache.mount(name);
    return mount.root();
  }

  private void changeViews() throws IOException {
    story.runStep("Everybody has a configuration of its own", this::writeConfigurations);
    story.runStep("ttnode1 downloads a file", () -> files.downloadNew(viewRoot("ttnode1")));
    story.runStep("ttnode2 downloads the same", () -> files.downloadNew(viewRoot("ttnode2")));
    story.runStep(
        "and writes to a file of the cache", () -> files.replacePopular(viewRoot("ttnode2")));
    story.runStep("All delete what is old", this::deleteOld);
  }

  private void writeConfigurations() throws IOException {
    for (String name : INSTANCES) {
      files.writeConfiguration(viewRoot(name), name);
    }
  }

  private void deleteOld() throws IOException {
    for (String name : INSTANCES) {
      files.deleteOld(viewRoot(name));
    }
  }

  private void showStatus() throws IOException {
    story.printLine("");
    story.printLine(cache.status().toString());
    story.printLine("");
  }

  private void showBootEntries() throws IOException {
    if (Files.exists(fstab)) {
      story.printLine("Mounted at the start of the machine, by " + fstab + ":");
      screen.printCut(Files.readString(fstab).strip());
    }
  }

  private void maintainCache() throws IOException {
    story.printLine("Maintenance. A dry run first, of each upper as if it were the first:");
    story.printLine(cache.maintenance().dryRun().toString());
    ProgressBar bar = new ProgressBar(screen);
    Maintenance maintenance = cache.maintenance().progress(bar::drawProgress);
    story.runStep(
        "Unmount, merge the uppers into the lower, mount again",
        () -> {
          String report = maintenance.run().toString();
          bar.endLine();
          story.printLine(report);
        });
  }
}
