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
import java.io.PrintStream;
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

  private final PrintStream out;
  private final Story story;
  private final CacheFiles files;
  private final Path fstab;
  private final boolean ofUser;
  private SharedCache cache;

  private SharedCacheDemo(Path directory, boolean ofUser, PrintStream out) throws IOException {
    this.out = out;
    this.ofUser = ofUser;
    story = new Story(out);
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
    boolean told;
    if (Obstacles.at(parent, false).isEmpty()) {
      told = runIn(parent, false, System.out);
    } else if (Obstacles.at(parent, true).isEmpty()) {
      System.out.println("Without root's rights the marks of the overlays are attributes user.*.");
      told = runIn(parent, true, System.out);
    } else {
      System.out.println("Nothing can be mounted here:");
      for (Problem obstacle : Obstacles.at(parent, true)) {
        System.out.println(obstacle);
      }
      System.out.println("So this is shown in memory, where only this process sees it.");
      told = runInMemory(System.out);
    }
    if (!told) {
      System.exit(1);
    }
  }

  /** Runs the demo in memory; false if it failed. */
  static boolean runInMemory(PrintStream out) throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      return runIn(memory.getPath("/work"), false, out);
    }
  }

  private static boolean runIn(Path parent, boolean ofUser, PrintStream out) throws IOException {
    Path directory = Files.createTempDirectory(parent, "overlays-demo");
    try {
      new SharedCacheDemo(directory, ofUser, out).run();
      return true;
    } catch (OverlayException e) {
      out.println("It cannot be shown here:");
      e.problems().forEach(out::println);
      return false;
    } finally {
      try (LayerDirectory root = LayerStore.of(directory).open(directory)) {
        LayerEntries.removeAll(root);
      }
      Files.delete(directory);
    }
  }

  private void run() throws IOException {
    story.step(
        "A cache of files, the lower: every instance needs it, none may change it", files::make);
    story.tree(files.root());
    String before = story.fingerprint(files.root());
    keepBootEntries();
    try {
      for (String name : INSTANCES) {
        story.step("Make and mount " + name, () -> make(name));
      }
      story.say("Each sees the whole cache but the private " + CacheFiles.CONFIG + ", and writes:");
      work();
      for (CacheInstance instance : cache.instances()) {
        story.say("What " + instance.name() + " shows:");
        story.tree(root(instance.name()));
        story.say("and what of that is its own, in its upper:");
        story.tree(instance.spec().upper().orElseThrow());
      }
      story.same("the lower", before, story.fingerprint(files.root()));
      showBootEntries();
      showStatus();
      maintain();
      showStatus();
      story.say("Mounted again: what ttnode1 shows is what all three have done, and its own");
      story.say("configuration:");
      story.tree(root("ttnode1"));
      story.say("The lower, for everybody, and without a mark of the overlays in it:");
      story.tree(files.root());
    } finally {
      story.step("Unmount", () -> cache.unmountAll(UnmountOptions.strict()));
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

  private void make(String name) throws IOException {
    cache.create(name);
    cache.mount(name);
  }

  private Path root(String name) throws IOException {
    OverlayMount mount = cache.mount(name);
    return mount.root();
  }

  private void work() throws IOException {
    story.step("Everybody has a configuration of its own", this::writeConfigurations);
    story.step("ttnode1 downloads a file", () -> files.add(root("ttnode1")));
    story.step("ttnode2 downloads the same", () -> files.add(root("ttnode2")));
    story.step("and writes to a file of the cache", () -> files.replace(root("ttnode2")));
    story.step("All delete what is old", this::deleteOld);
  }

  private void writeConfigurations() throws IOException {
    for (String name : INSTANCES) {
      files.configure(root(name), name);
    }
  }

  private void deleteOld() throws IOException {
    for (String name : INSTANCES) {
      files.delete(root(name));
    }
  }

  private void showStatus() throws IOException {
    story.say("");
    story.say(cache.status().toString());
    story.say("");
  }

  private void showBootEntries() throws IOException {
    if (Files.exists(fstab)) {
      story.say("Mounted at the start of the machine, by " + fstab + ":");
      story.say(Files.readString(fstab).strip());
    }
  }

  private void maintain() throws IOException {
    story.say("Maintenance. A dry run first, of each upper as if it were the first:");
    story.say(cache.maintenance().dryRun().toString());
    ProgressBar bar = new ProgressBar(out);
    Maintenance maintenance = cache.maintenance().progress(bar::draw);
    story.step(
        "Unmount, merge the uppers into the lower, mount again",
        () -> {
          String report = maintenance.run().toString();
          bar.end();
          story.say(report);
        });
  }
}
