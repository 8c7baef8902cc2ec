package dev.overlays.testkit.demo;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.merge.Conflict;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.SharedMergeReport;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Three instances share one cache: each is mounted, written to, unmounted and merged, and what is
 * on the disk is shown after each step.
 */
public final class SharedCacheDemo {
  private static final int INSTANCES = 3;

  private final PrintStream out;
  private final Story story;
  private final CacheFiles cache;
  private final List<OverlaySpec> specs = new ArrayList<>();

  private SharedCacheDemo(Path directory, PrintStream out) {
    this.out = out;
    story = new Story(out);
    cache = new CacheFiles(directory.resolve("static_cache"));
    for (int i = 1; i <= INSTANCES; i++) {
      specs.add(
          OverlaySpec.builder()
              .lower(cache.root())
              .instance(directory.resolve("ttnode" + i))
              .privatePath(CacheFiles.CONFIG)
              .build());
    }
  }

  /**
   * Runs the demo in a new temporary directory, which is removed afterwards. Where nothing can be
   * mounted it says so, and shows it in memory.
   *
   * @param args none, or the directory to make that one in
   * @throws IOException if a file cannot be written; where nothing can be mounted or merged, the
   *     problems are printed and the exit status is 1
   */
  public static void main(String[] args) throws IOException {
    Path parent = Path.of(args.length > 0 ? args[0] : System.getProperty("java.io.tmpdir"));
    List<Problem> obstacles = Obstacles.at(parent);
    boolean told;
    if (obstacles.isEmpty()) {
      told = runIn(parent, System.out);
    } else {
      System.out.println("Nothing can be mounted here:");
      obstacles.forEach(System.out::println);
      System.out.println("So this is shown in memory, where only this process sees it.");
      told = runInMemory(System.out);
    }
    if (!told) {
      System.exit(1);
    }
  }

  /** Tells whether it could be shown. */
  static boolean runInMemory(PrintStream out) throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      return runIn(memory.getPath("/work"), out);
    }
  }

  private static boolean runIn(Path parent, PrintStream out) throws IOException {
    Path directory = Files.createTempDirectory(parent, "overlays-demo");
    try {
      new SharedCacheDemo(directory, out).run();
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
        "A cache of files, the lower: every instance needs it, none may change it", cache::make);
    story.tree(cache.root());
    String before = story.fingerprint(cache.root());

    List<OverlayMount> mounts = new ArrayList<>();
    try {
      for (OverlaySpec spec : specs) {
        String name = spec.instance().orElseThrow().getFileName().toString();
        story.step("Mount a view of it for " + name, () -> mounts.add(Overlays.mount(spec)));
      }
      story.say("Each sees the whole cache but the private " + CacheFiles.CONFIG + ", and writes:");
      story.step("Everybody has a configuration of its own", () -> writeConfigurations(mounts));
      story.step("ttnode1 downloads a file", () -> cache.add(mounts.get(0).root()));
      story.step(
          "ttnode2 writes to a file of the cache", () -> cache.replace(mounts.get(1).root()));
      story.step("ttnode3 deletes files", () -> cache.delete(mounts.get(2).root()));
      showInstances(mounts);
      story.same("the lower", before, story.fingerprint(cache.root()));
    } finally {
      story.step("Unmount", () -> close(mounts));
    }
    merge();
    remount();
  }

  private void writeConfigurations(List<OverlayMount> mounts) throws IOException {
    for (OverlayMount mount : mounts) {
      cache.configure(mount.root(), mount.spec().instance().orElseThrow().getFileName().toString());
    }
  }

  private void showInstances(List<OverlayMount> mounts) throws IOException {
    for (OverlayMount mount : mounts) {
      story.say("What " + mount.root() + " shows:");
      story.tree(mount.root());
      story.say("and what of that is its own, in its upper:");
      story.tree(mount.spec().upper().orElseThrow());
    }
  }

  private static void close(List<OverlayMount> mounts) throws IOException {
    for (OverlayMount mount : mounts) {
      mount.close();
    }
  }

  private void merge() throws IOException {
    SharedMerge merge = OverlayMerge.into(cache.root()).uppers(specs);
    SharedMergeReport plan = merge.dryRun();
    story.say("Merge the uppers into the lower. A dry run first, of each as if it were the first:");
    story.say("  " + plan);
    for (Conflict conflict : plan.examples()) {
      story.say("  " + conflict);
    }
    story.say("They are applied in order, so that the last one wins:");
    ProgressBar bar = new ProgressBar(out);
    SharedMergeReport report = merge.progress(bar::draw).run();
    bar.end();
    story.say("  " + report);
    for (OverlaySpec spec : specs) {
      story.say("Left in the upper:");
      story.tree(spec.upper().orElseThrow());
    }
    story.say("The lower now, for everybody, and without a mark of the overlays in it:");
    story.tree(cache.root());
  }

  private void remount() throws IOException {
    OverlaySpec spec = specs.get(0);
    List<OverlayMount> mounts = new ArrayList<>();
    try {
      story.step("Mount ttnode1 again", () -> mounts.add(Overlays.mount(spec)));
      story.say("It shows what all three have done, and its own configuration:");
      story.tree(mounts.get(0).root());
    } finally {
      close(mounts);
    }
  }
}
