package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.registry.RegistryInMemory;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Random rounds of three machines that all write, maintain, publish and follow, beside a model that
 * predicts what each view shows and what is refused.
 */
class FollowModelTest {
  private static final int MACHINES = 3;
  private static final int STEPS = 60;

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  @AutoClose private final RegistryInMemory registry;
  private final OciRegistry image;
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private final List<Machine> machines = new ArrayList<>();

  /** What was published, one after the other. */
  private final List<SortedMap<String, String>> published = new ArrayList<>();

  private int count;

  /** A cache with two instances, and what the model knows of it. */
  private static final class Machine {
    private final SharedCache cache;
    private SortedMap<String, String> lower = new TreeMap<>();
    private final List<SortedMap<String, String>> own = List.of(new TreeMap<>(), new TreeMap<>());

    /** Which of the published ones it knows; -1 for none. */
    private int known = -1;

    private boolean changed;

    Machine(SharedCache cache) {
      this.cache = cache;
    }

    boolean hasUnmerged() {
      return own.stream().anyMatch(each -> !each.isEmpty());
    }
  }

  FollowModelTest() throws IOException {
    registry = new RegistryInMemory();
    image = registry.image(":v1");
  }

  @BeforeEach
  void makeMachines() throws IOException {
    for (int i = 0; i < MACHINES; i++) {
      Path home = Files.createDirectory(memory.getPath("/machine" + i));
      SharedCache cache =
          SharedCache.of(
              Files.createDirectory(home.resolve("lower")),
              Files.createDirectory(home.resolve("instances")));
      cache.create("i0");
      cache.create("i1");
      cache.mountAll();
      machines.add(new Machine(cache));
    }
  }

  @AfterEach
  void unmountAll() throws IOException {
    for (Machine machine : machines) {
      machine.cache.unmountAll(UnmountOptions.lazily());
    }
  }

  private void write(Machine machine) throws IOException {
    int instance = random.nextInt(2);
    String path = "d" + random.nextInt(2) + "/f" + random.nextInt(6);
    String text = "text " + count++;
    Path file = machine.cache.mount("i" + instance).root().resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    machine.own.get(instance).put(path, text);
  }

  private void maintain(Machine machine) throws IOException {
    machine.cache.maintenance().policy(ConflictPolicy.IN_ORDER).run();
    for (SortedMap<String, String> own : machine.own) {
      machine.changed |= !own.isEmpty();
      machine.lower.putAll(own);
      own.clear();
    }
  }

  private void publish(Machine machine) throws IOException {
    int last = published.size() - 1;
    if (last >= 0 && machine.known != last) {
      assertRefused(ProblemCode.CACHE_IMAGE_FOREIGN, () -> machine.cache.publish(image));
      return;
    }
    boolean isNew = machine.changed || last < 0;
    // A maintenance without anything to merge may give the root of the lower another time.
    boolean pushed = machine.cache.publish(image).pushed();
    assertTrue(pushed || !isNew, "seed " + seed);
    if (pushed) {
      published.add(new TreeMap<>(machine.lower));
      machine.known = published.size() - 1;
      machine.changed = false;
    }
  }

  private void follow(Machine machine) throws IOException {
    int last = published.size() - 1;
    if (last < 0) {
      assertRefused(ProblemCode.IMAGE_NOT_FOUND, () -> machine.cache.follow(image));
    } else if (machine.known == last) {
      assertEquals(false, machine.cache.follow(image).replaced(), "seed " + seed);
    } else if (machine.changed) {
      assertRefused(ProblemCode.CACHE_LOWER_UNPUBLISHED, () -> machine.cache.follow(image));
    } else if (machine.hasUnmerged() && random.nextBoolean()) {
      assertRefused(ProblemCode.CACHE_UPPER_NOT_EMPTY, () -> machine.cache.follow(image));
    } else {
      assertEquals(
          List.of("i0", "i1"),
          machine.cache.update(image).carryingUppers().run().mounted(),
          "seed " + seed);
      machine.lower = new TreeMap<>(published.get(last));
      machine.known = last;
    }
  }

  private void assertRefused(ProblemCode code, org.junit.jupiter.api.function.Executable refused) {
    OverlayException e = assertThrows(OverlayException.class, refused, "seed " + seed);
    assertEquals(code, e.problems().get(0).code(), e + ", seed " + seed);
  }

  private void assertViews() throws IOException {
    for (Machine machine : machines) {
      assertEquals(machine.lower, readTree(machine.cache.lower()), "seed " + seed);
      for (int i = 0; i < 2; i++) {
        SortedMap<String, String> expected = new TreeMap<>(machine.lower);
        expected.putAll(machine.own.get(i));
        assertEquals(
            expected, readTree(machine.cache.mount("i" + i).root()), machine.cache + " " + seed);
      }
    }
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

  @RepeatedTest(4)
  void everyViewShowsWhatTheModelSays() throws IOException {
    for (int step = 0; step < STEPS; step++) {
      Machine machine = machines.get(random.nextInt(MACHINES));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> write(machine);
        case 3 -> maintain(machine);
        case 4, 5 -> publish(machine);
        default -> follow(machine);
      }
      if (step % 10 == 9) {
        assertViews();
      }
    }
  }
}
