package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A maintenance of which any operation on any file fails, or which ends in the middle. */
class MaintenanceFaultTest {
  private static final List<String> NAMES = List.of("one", "two");

  /** About as many changes as a maintenance of these instances makes. */
  private static final int CHANGES = 50;

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private FaultyFileSystem files = FaultyFileSystem.over(memory);
  private SharedCache cache = newCache();

  private SharedCache newCache() {
    return SharedCache.of(files.getPath("/lower"), files.getPath("/instances"));
  }

  @BeforeEach
  void makeInstances() throws IOException {
    Files.createDirectories(memory.getPath("/lower/d"));
    Files.createDirectory(memory.getPath("/instances"));
    for (String name : List.of("all", "some", "kept")) {
      Files.writeString(memory.getPath("/lower/d/" + name), name);
    }
    for (String name : NAMES) {
      cache.create(name);
      Path root = cache.mount(name).root();
      Files.writeString(root.resolve("of " + name), name);
      Files.createDirectories(root.resolve("new/" + name));
      Files.writeString(root.resolve("new/" + name + "/x"), name);
      Files.delete(root.resolve("d/all"));
    }
    Files.delete(cache.mount("one").root().resolve("d/some"));
  }

  @AfterEach
  void unmountAll() throws IOException {
    cache.unmountAll(UnmountOptions.lazily());
  }

  private static SortedMap<String, String> readTree(Path root) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        tree.put(root.relativize(path).toString(), Files.readString(path));
      }
    }
    return tree;
  }

  /** What an instance shows whether the maintenance has reached it or not. */
  private void assertNothingIsLost() throws IOException {
    for (String name : NAMES) {
      SortedMap<String, String> shown = readTree(cache.mount(name).root());
      String message = name + " shows " + shown + ", seed " + seed;
      assertEquals(name, shown.get("of " + name), message);
      assertEquals(name, shown.get("new/" + name + "/x"), message);
      assertEquals("kept", shown.get("d/kept"), message);
      assertFalse(shown.containsKey("d/all"), message);
      assertEquals(name.equals("one") ? null : "some", shown.get("d/some"), message);
    }
  }

  private void assertMergedAndMounted() throws IOException {
    assertNothingIsLost();
    assertEquals(
        new TreeMap<>(
            Map.of(
                "d/kept",
                "kept",
                "d/some",
                "some",
                "of one",
                "one",
                "of two",
                "two",
                "new/one/x",
                "one",
                "new/two/x",
                "two")),
        readTree(memory.getPath("/lower")),
        "seed " + seed);
    for (CacheInstance instance : cache.instances()) {
      assertTrue(instance.mount().isPresent() && !instance.waiting(), instance + ", seed " + seed);
    }
  }

  @Test
  void maintenanceWithoutFaultMergesAll() throws IOException {
    long before = files.faults().changeCount();
    cache.maintain();
    long changes = files.faults().changeCount() - before;
    assertTrue(changes > CHANGES / 5 && changes < 2 * CHANGES, "choose from " + changes);
    assertMergedAndMounted();
  }

  /** One operation fails, as when a disk is full for a moment. */
  @RepeatedTest(10)
  void singleFailureIsReportedAndTheNextMaintenanceFinishes() throws IOException {
    SingleFailure.runWith(files, random, CHANGES, cache, () -> cache.maintain(), "seed " + seed);
    cache.maintain();
    assertMergedAndMounted();
  }

  /** The process ends, and all views with it; another one starts over the same disk. */
  @RepeatedTest(10)
  void nextProcessFinishesWhatWasInterrupted() throws IOException {
    files.faults().crashAt(files.faults().changeCount() + 1 + random.nextInt(CHANGES));
    try {
      cache.maintain();
    } catch (IOException | RuntimeException e) {
      assertTrue(files.faults().hasCrashed(), e + ", seed " + seed);
    }
    Set<Path> unmounted = closeViewsOfThisProcess();
    files = FaultyFileSystem.over(memory);
    cache = newCache();
    for (CacheInstance instance : cache.instances()) {
      boolean waits = unmounted.contains(files.unwrap(instance.directory()));
      assertTrue(instance.waiting() || !waits, instance + " is forgotten, seed " + seed);
    }
    assertNothingIsLost();
    cache.maintain();
    assertMergedAndMounted();
  }

  /** Returns the directories of the instances that were not mounted any more. */
  private Set<Path> closeViewsOfThisProcess() throws OverlayException {
    Set<Path> unmounted = new HashSet<>();
    NAMES.forEach(name -> unmounted.add(memory.getPath("/instances", name)));
    for (OverlayMount mount : Overlays.mounted()) {
      if (mount.spec().lowers().get(0).getFileSystem() == files) {
        unmounted.remove(files.unwrap(mount.spec().instance().orElseThrow()));
        try {
          mount.close(UnmountOptions.lazily());
        } catch (OverlayException e) {
          assertFalse(mount.isMounted(), "seed " + seed);
        }
      }
    }
    return unmounted;
  }
}
