package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import dev.overlays.testkit.tree.TreeSnapshot;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/**
 * Random days in the life of a cache, beside a model: what an instance has written it shows from
 * then on, after a maintenance all others show it, too, and nobody loses what another has deleted.
 */
class CacheModelTest {
  private static final String PRIVATE = "etc/config";
  private static final int STEPS = 40;

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private final Path lower = memory.getPath("/cache/lower");
  private final Path place = memory.getPath("/cache/instances");
  private final SortedMap<String, ModelFile> files = new TreeMap<>();
  private final SortedMap<String, String> privateTexts = new TreeMap<>();
  private SharedCache cache;
  private int count;

  /** One file: only its creator writes to it, and anybody may delete it. */
  private static final class ModelFile {
    private final String creator;
    private String shared;
    private String pending;
    private final Set<String> deletedBy = new HashSet<>();

    ModelFile(String creator) {
      this.creator = creator;
    }

    String shownBy(String instance) {
      if (deletedBy.contains(instance)) {
        return null;
      }
      return instance.equals(creator) && pending != null ? pending : shared;
    }
  }

  @BeforeEach
  void makeCache() throws IOException {
    Files.createDirectories(lower.resolve("etc"));
    Files.createDirectories(lower.resolve("d"));
    Files.createDirectory(place);
    Files.writeString(lower.resolve(PRIVATE), "nobody's");
    for (int i = 0; i < 5; i++) {
      ModelFile file = new ModelFile("nobody");
      file.shared = "first " + i;
      files.put("d/first" + i, file);
      Files.writeString(lower.resolve("d/first" + i), file.shared);
    }
    cache = SharedCache.of(lower, place).privatePath(PRIVATE);
    for (String name : List.of("a", "b", "c")) {
      createInstance(name);
    }
  }

  @AfterEach
  void unmountAll() throws IOException {
    cache.unmountAll(UnmountOptions.lazily());
  }

  private void createInstance(String name) throws IOException {
    cache.create(name);
    privateTexts.put(name, "");
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private Path root(String instance) throws IOException {
    return cache.mount(instance).root();
  }

  private void writeFile(String instance) throws IOException {
    List<String> own =
        files.keySet().stream()
            .filter(path -> files.get(path).creator.equals(instance))
            .filter(path -> files.get(path).shownBy(instance) != null)
            .toList();
    boolean more = own.isEmpty() || random.nextBoolean();
    String path = more ? pick(List.of("", "d/", "e/")) + instance + count : pick(own);
    ModelFile file = files.computeIfAbsent(path, each -> new ModelFile(instance));
    file.pending = "text " + count++;
    Files.createDirectories(root(instance).resolve(path).getParent());
    Files.writeString(root(instance).resolve(path), file.pending);
  }

  private void deleteFile(String instance) throws IOException {
    List<String> shown =
        files.keySet().stream().filter(path -> files.get(path).shownBy(instance) != null).toList();
    if (shown.isEmpty()) {
      return;
    }
    String path = pick(shown);
    Files.delete(root(instance).resolve(path));
    ModelFile file = files.get(path);
    file.pending = instance.equals(file.creator) ? null : file.pending;
    file.deletedBy.add(instance);
    if (file.shared == null) {
      files.remove(path);
    }
  }

  private void writePrivate(String instance) throws IOException {
    String text = "private " + count++;
    Files.createDirectories(root(instance).resolve(PRIVATE).getParent());
    Files.writeString(root(instance).resolve(PRIVATE), text);
    privateTexts.put(instance, text);
  }

  private void removeInstance(String instance) throws IOException {
    if (privateTexts.size() > 2) {
      cache.instances().stream()
          .filter(each -> each.name().equals(instance))
          .forEach(each -> each.mount().ifPresent(CacheModelTest::closeView));
      cache.remove(instance);
      privateTexts.remove(instance);
      files.values().removeIf(file -> file.creator.equals(instance) && file.shared == null);
      for (ModelFile file : files.values()) {
        file.pending = file.creator.equals(instance) ? null : file.pending;
        file.deletedBy.remove(instance);
      }
      createInstance(instance + count++);
    }
  }

  private static void closeView(OverlayMount mount) {
    try {
      mount.close();
    } catch (OverlayException e) {
      throw new AssertionError(e);
    }
  }

  private void maintain() throws IOException {
    Set<String> kept = new HashSet<>();
    privateTexts.keySet().stream().filter(name -> random.nextInt(4) == 0).forEach(kept::add);
    Maintenance maintenance = cache.maintenance().keeping(kept).workers(1 + random.nextInt(3));
    if (random.nextInt(3) == 0) {
      interrupt(maintenance);
    }
    List<String> mounted = mountedNames();
    TreeSnapshot before = TreeSnapshot.of(memory.getPath("/cache"));
    MaintenanceReport plan = maintenance.dryRun();
    before.assertUnchanged();
    MaintenanceReport report = maintenance.run();
    assertEquals(mounted, report.mounted(), "seed " + seed);
    assertEquals(plan.mounted(), report.mounted(), "seed " + seed);
    assertEquals(plan.before(), report.before(), "seed " + seed);
    assertEquals(mounted, mountedNames(), "seed " + seed);
    for (ModelFile file : files.values()) {
      if (file.pending != null && !kept.contains(file.creator)) {
        file.shared = file.pending;
        file.pending = null;
      }
    }
    files.values().removeIf(file -> file.deletedBy.containsAll(privateTexts.keySet()));
  }

  /** Every instance shows what it has, nothing that it has deleted, and no view is gone. */
  private void interrupt(Maintenance maintenance) throws IOException {
    List<String> mounted = mountedNames();
    int[] left = {random.nextInt(30)};
    try {
      maintenance.cancelWhen(() -> left[0]-- <= 0).run();
    } catch (OverlayException e) {
      assertTrue(left[0] < 0, e + ", seed " + seed);
    }
    assertEquals(mounted, mountedNames(), "seed " + seed);
    for (String instance : mounted) {
      SortedMap<String, String> shown = readTree(root(instance));
      files.forEach(
          (path, file) -> {
            boolean deleted = file.deletedBy.contains(instance);
            String text = shown.get(path);
            // What another instance has written may be merged already.
            assertTrue(
                deleted ? text == null : file.shownBy(instance) == null || text != null,
                path + " in " + instance + ", seed " + seed);
          });
    }
  }

  private List<String> mountedNames() throws IOException {
    return cache.instances().stream()
        .filter(instance -> instance.mount().isPresent())
        .map(CacheInstance::name)
        .toList();
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

  private void assertShown() throws IOException {
    assertEquals(
        List.copyOf(privateTexts.keySet()),
        cache.instances().stream().map(CacheInstance::name).toList());
    for (Map.Entry<String, String> each : privateTexts.entrySet()) {
      String instance = each.getKey();
      SortedMap<String, String> expected = new TreeMap<>();
      files.forEach((path, file) -> putIfShown(expected, path, file.shownBy(instance)));
      putIfShown(expected, PRIVATE, each.getValue().isEmpty() ? null : each.getValue());
      assertEquals(expected, readTree(root(instance)), instance + ", seed " + seed);
    }
    SortedMap<String, String> shared = new TreeMap<>(Map.of(PRIVATE, "nobody's"));
    files.forEach((path, file) -> putIfShown(shared, path, file.shared));
    assertEquals(shared, readTree(lower), "the lower, seed " + seed);
  }

  private static void putIfShown(Map<String, String> tree, String path, String text) {
    if (text != null) {
      tree.put(path, text);
    }
  }

  @RepeatedTest(6)
  void everyInstanceShowsWhatTheModelSays() throws IOException {
    for (int step = 0; step < STEPS; step++) {
      String instance = pick(new ArrayList<>(privateTexts.keySet()));
      switch (random.nextInt(12)) {
        case 0 -> cache.unmountAll(UnmountOptions.strict());
        case 1 -> cache.mountAll();
        case 2 -> removeInstance(instance);
        case 3 -> writePrivate(instance);
        case 4, 5, 6 -> deleteFile(instance);
        case 7 -> maintain();
        default -> writeFile(instance);
      }
    }
    maintain();
    assertShown();
  }
}
