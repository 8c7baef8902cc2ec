package dev.overlays.linux.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.KillableJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.archive.DockerRegistry;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three machines with a registry between them: random rounds of writing, maintenance, publishing
 * and following, in which a publish or follow is killed at a random system call. One machine
 * publishes; the others write only what their instances keep to themselves. Full size: {@code
 * -Doverlays.follow.instances=20 -Doverlays.follow.rounds=10}.
 */
@Tag("long")
class FollowCyclesTest {
  private static final int INSTANCES = Integer.getInteger("overlays.follow.instances", 2);
  private static final int ROUNDS = Integer.getInteger("overlays.follow.rounds", 4);
  private static final int FILES = 8;

  /** The calls that change what a killed run leaves, and how often a run makes them at most. */
  private static final Map<String, Integer> DEADLY =
      Map.of(
          "renameat2", 2,
          "renameat", 6,
          "rename", 6,
          "umount2", INSTANCES,
          "?move_mount", INSTANCES,
          "removexattr,fremovexattr,lremovexattr", 3,
          "fsync,fdatasync,syncfs", 12,
          "unlinkat", 30,
          "mkdirat", 5,
          "unlink", 12);

  @AutoClose private Sandbox sandbox;
  @AutoClose private DockerRegistry registry;
  private OciRegistry image;
  private Random random;
  private String reference;
  private int killed;
  private final List<SharedCache> machines = new ArrayList<>();

  /** What the publisher's lower holds, what its last image has, and what each machine took up. */
  private SortedMap<String, String> published = new TreeMap<>();

  private final List<SortedMap<String, String>> lowers = new ArrayList<>();

  /** What each instance has of its own, by machine and instance. */
  private final Map<String, SortedMap<String, String>> own = new HashMap<>();

  @BeforeEach
  void startMachines() throws IOException {
    long seed = Long.getLong("overlays.seed", System.nanoTime());
    System.out.println("rounds of three machines: seed " + seed);
    random = new Random(seed);
    startClient();
    sandbox = Sandbox.asRoot();
    Path disk = sandbox.mountTmpfs("disk");
    registry = DockerRegistry.start(sandbox.createDirectory("registry"));
    reference = registry.reference("team/cache:v1");
    image = OciRegistry.of(reference).credentialFiles(List.of());
    for (int i = 0; i < 3; i++) {
      Path home = Files.createDirectory(disk.resolve("machine" + i));
      SharedCache cache =
          SharedCache.of(
              Files.createDirectory(home.resolve("lower")),
              Files.createDirectory(home.resolve("instances")));
      machines.add(cache);
      lowers.add(new TreeMap<>());
      for (int j = 0; j < INSTANCES; j++) {
        cache.create("i" + j);
        own.put(keyOf(i, j), new TreeMap<>());
      }
      cache.mountAll();
    }
  }

  @AfterEach
  void unmount() throws IOException {
    for (SharedCache cache : machines) {
      cache.unmountAll(UnmountOptions.strict());
    }
  }

  /** The client of registries keeps descriptors, which are no leak. */
  private static void startClient() {
    OciRegistry nowhere = OciRegistry.of("127.0.0.1:1/none").credentialFiles(List.of());
    assertThrows(OverlayException.class, nowhere::digest);
  }

  private static String keyOf(int machine, int instance) {
    return machine + "/" + instance;
  }

  private Path root(int machine, int instance) throws IOException {
    return machines.get(machine).mount("i" + instance).root();
  }

  private void write(int machine, int instance, String path, String text) throws IOException {
    Files.createDirectories(root(machine, instance).resolve(path).getParent());
    Files.writeString(root(machine, instance).resolve(path), text);
  }

  @Test
  void everyViewShowsWhatItsHistorySays() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      for (int change = 0; change < FILES; change++) {
        String path = "d" + random.nextInt(3) + "/f" + random.nextInt(FILES);
        String text = "round " + round + " " + change;
        write(0, random.nextInt(INSTANCES), path, text);
        lowers.get(0).put(path, text);
        machines.get(0).maintain();
      }
      for (int machine = 1; machine < 3; machine++) {
        int instance = random.nextInt(INSTANCES);
        String path = "d" + random.nextInt(3) + "/own" + machine;
        write(machine, instance, path, "own " + round);
        own.get(keyOf(machine, instance)).put(path, "own " + round);
      }
      int victim = random.nextInt(3);
      if (victim == 0) {
        kill("publish", 0);
      }
      machines.get(0).publish(image);
      published = new TreeMap<>(lowers.get(0));
      for (int machine = 1; machine < 3; machine++) {
        if (machine == victim) {
          kill("follow", machine);
          assertFormerOrPublished(machine);
        }
        machines.get(machine).update(image).carryingUppers().run();
        lowers.set(machine, published);
        assertViews(machine);
        assertFalse(machines.get(machine).follow(image).replaced());
        assertNothingIsLeft(machine);
      }
      assertViews(0);
    }
    System.out.println(ROUNDS + " rounds, " + killed + " runs killed");
  }

  /** Runs a program that is killed at a random system call, unless it makes fewer of them. */
  private void kill(String what, int machine) throws IOException {
    List<String> calls = new ArrayList<>(DEADLY.keySet());
    calls.sort(null);
    String call = calls.get(random.nextInt(calls.size()));
    int when = 1 + random.nextInt(DEADLY.get(call));
    Path lower = machines.get(machine).lower();
    KillableJvm.JvmEnd end =
        KillableJvm.of(
                KillableJvm.killedAt(call, when),
                sandbox.root(),
                KilledFollow.class,
                what,
                lower.toString(),
                lower.resolveSibling("instances").toString(),
                reference)
            .runToEnd(sandbox.path("output"));
    assertTrue(end.wasKilled() || end.status() == 0, end::output);
    System.out.println(what + " at " + when + ". " + call + ": " + end.status());
    killed += end.wasKilled() ? 1 : 0;
  }

  /** Whatever was killed, each view shows one lower as a whole, and no instance is forgotten. */
  private void assertFormerOrPublished(int machine) throws IOException {
    SharedCache cache = machines.get(machine);
    for (CacheInstance instance : cache.instances()) {
      assertTrue(instance.mount().isPresent() || instance.waiting(), instance::toString);
    }
    SortedMap<String, String> former = lowers.get(machine);
    lowers.set(machine, readTree(cache.lower()));
    assertTrue(
        List.of(former, published).contains(lowers.get(machine)), () -> lowers.get(machine) + "");
    cache.mountAll();
    assertViews(machine);
  }

  private void assertViews(int machine) throws IOException {
    for (int instance = 0; instance < INSTANCES; instance++) {
      SortedMap<String, String> expected = new TreeMap<>(lowers.get(machine));
      expected.putAll(own.get(keyOf(machine, instance)));
      assertEquals(expected, readTree(root(machine, instance)), keyOf(machine, instance));
    }
  }

  private void assertNothingIsLeft(int machine) throws IOException {
    Path home = machines.get(machine).lower().getParent();
    assertEquals(
        "images\nlock\nlower.image\n",
        Sandbox.run("ls", "-A", home.resolve("lower.overlays-follow").toString()));
    assertEquals(
        "instances\nlower\nlower.overlays-follow\n", Sandbox.run("ls", "-A", home.toString()));
  }

  private static SortedMap<String, String> readTree(Path root) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        tree.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return tree;
  }
}
