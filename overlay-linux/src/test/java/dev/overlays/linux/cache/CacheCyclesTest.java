package dev.overlays.linux.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.MaintenanceReport;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.KillableJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Simulates years of a cache: random cycles of writing, deleting and maintenance, half of which are
 * killed at a random point. Full size: {@code -Doverlays.cache.instances=50
 * -Doverlays.cache.files=100000 -Doverlays.cache.cycles=20}.
 */
@Tag("long")
class CacheCyclesTest {
  private static final int INSTANCES = Integer.getInteger("overlays.cache.instances", 6);
  private static final int FILES = Integer.getInteger("overlays.cache.files", 1000);
  private static final int CYCLES = Integer.getInteger("overlays.cache.cycles", 4);
  private static final int DIRECTORIES = 20;

  @AutoClose private Sandbox sandbox;
  private Random random;
  private Path lower;
  private Path place;
  private SharedCache cache;
  private CacheModel model;
  private int killed;

  @BeforeEach
  void makeCache() throws IOException {
    long seed = Long.getLong("overlays.seed", System.nanoTime());
    System.out.println("cycles of a cache: seed " + seed);
    random = new Random(seed);
    sandbox = Sandbox.asRoot();
    Path disk = sandbox.mountTmpfs("disk");
    lower = Files.createDirectory(disk.resolve("lower"));
    place = Files.createDirectory(disk.resolve("instances"));
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < DIRECTORIES; i++) {
      Files.createDirectory(lower.resolve("d" + i));
    }
    for (int i = 0; i < FILES; i++) {
      String path = "d" + i % DIRECTORIES + "/f" + i;
      files.put(path, "lower " + i);
      Files.writeString(lower.resolve(path), "lower " + i);
    }
    model = new CacheModel(files, INSTANCES);
    cache = SharedCache.of(lower, place);
    for (int i = 0; i < INSTANCES; i++) {
      cache.create(instanceName(i));
    }
    cache.mountAll();
  }

  @AfterEach
  void unmount() throws IOException {
    if (cache != null) {
      cache.unmountAll(UnmountOptions.strict());
    }
  }

  /** Names sort in the order of the numbers. */
  private static String instanceName(int instance) {
    return String.format("i%03d", instance);
  }

  private Path viewRoot(int instance) {
    return place.resolve(instanceName(instance)).resolve("mnts");
  }

  private String randomPath() {
    // Some are downloads that several instances may have, others are of the lower.
    int directory = random.nextInt(DIRECTORIES);
    return random.nextInt(3) == 0
        ? "d" + directory + "/new" + random.nextInt(20)
        : "d" + directory + "/f" + (random.nextInt(FILES / DIRECTORIES) * DIRECTORIES + directory);
  }

  private void changeFiles(int cycle) throws IOException {
    for (int i = 0; i < INSTANCES; i++) {
      for (int change = 0; change < 40; change++) {
        String path = randomPath();
        if (random.nextInt(3) > 0) {
          String content = random.nextBoolean() ? "same " + path : instanceName(i) + " in " + cycle;
          Files.writeString(viewRoot(i).resolve(path), content);
          model.write(i, path, content);
        } else if (model.shownContent(i, path).isPresent()) {
          Files.delete(viewRoot(i).resolve(path));
          model.delete(i, path);
        }
      }
    }
  }

  @Test
  void everyViewShowsWhatTheModelPredicts() throws IOException {
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      changeFiles(cycle);
      Set<String> touched = model.touchedPaths();
      CacheModel before = model.copy();
      model.merge();
      if (random.nextBoolean()) {
        killOne();
        assertNobodyIsForgotten();
        assertBeforeOrAfter(before, touched);
      }
      long freed = cache.status().freedBytes();
      MaintenanceReport report = cache.maintenance().run();
      assertEquals(report.before().total() - report.after().total(), freed, report::toString);
      assertEquals(INSTANCES, mountedInstances().size(), report::toString);
      assertMerged(touched);
      assertWholeView(random.nextInt(INSTANCES));
    }
    for (int i = 0; i < INSTANCES; i++) {
      assertWholeView(i);
    }
    System.out.println(CYCLES + " cycles, " + killed + " of them killed");
  }

  /**
   * Kills a maintenance at an entry of the merge, or at a system call before or after the merge.
   */
  private void killOne() throws IOException {
    List<String> around = List.of();
    int deadly = 0;
    switch (random.nextInt(4)) {
      case 0 -> around = KillableJvm.killedAt("umount2", 1 + random.nextInt(INSTANCES));
      case 1 -> around = KillableJvm.killedAt("?move_mount", 1 + random.nextInt(INSTANCES));
      default -> deadly = 1 + random.nextInt(20 * INSTANCES);
    }
    KillableJvm maintenance =
        KillableJvm.of(
            around,
            sandbox.root(),
            KilledMaintenance.class,
            lower.toString(),
            place.toString(),
            Integer.toString(deadly));
    KillableJvm.JvmEnd end = maintenance.runToEnd(sandbox.path("output"));
    assertTrue(end.wasKilled(), end::output);
    killed++;
  }

  private static Optional<String> readIfThere(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<String> mountedInstances() throws IOException {
    return cache.instances().stream()
        .filter(instance -> instance.mount().isPresent())
        .map(CacheInstance::name)
        .toList();
  }

  private void assertNobodyIsForgotten() throws IOException {
    for (CacheInstance instance : cache.instances()) {
      assertTrue(instance.mount().isPresent() || instance.waiting(), instance::toString);
    }
  }

  /** After an interrupted maintenance each path shows its content from before or after it. */
  private void assertBeforeOrAfter(CacheModel before, Set<String> touched) throws IOException {
    for (CacheInstance instance : cache.instances()) {
      OverlayMount mount = cache.mount(instance.name());
      int i = Integer.parseInt(instance.name().substring(1));
      for (String path : touched) {
        Set<Optional<String>> allowed = new HashSet<>();
        allowed.add(before.shownContent(i, path));
        allowed.add(model.shownContent(i, path));
        before.writtenContents(path).forEach(content -> allowed.add(Optional.of(content)));
        Optional<String> shown = readIfThere(mount.root().resolve(path));
        assertTrue(allowed.contains(shown), () -> mount.root() + "/" + path + ": " + shown);
      }
    }
  }

  private void assertMerged(Set<String> touched) {
    for (int i = 0; i < INSTANCES; i++) {
      for (String path : touched) {
        Path file = viewRoot(i).resolve(path);
        assertEquals(model.shownContent(i, path), readIfThere(file), file::toString);
      }
    }
  }

  private void assertWholeView(int instance) throws IOException {
    Map<String, String> view = new HashMap<>();
    try (Stream<Path> files = Files.walk(viewRoot(instance))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        view.put(viewRoot(instance).relativize(file).toString(), Files.readString(file));
      }
    }
    assertEquals(model.shownFiles(instance), view, () -> viewRoot(instance).toString());
  }
}
