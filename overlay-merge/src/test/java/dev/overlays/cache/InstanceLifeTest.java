package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.BootEntries;
import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import dev.overlays.testkit.tree.TreeSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Instances from their creation to their removal, also when something fails on the way. */
class InstanceLifeTest {
  private static final Problem FAILED =
      Problem.of(ProblemCode.BOOT_FILE_FAILED, "Not written.", "Nothing.");

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final FaultyFileSystem files = FaultyFileSystem.over(memory);
  private final Path lower = files.getPath("/lower");
  private final Path place = files.getPath("/instances");
  private final SharedCache cache = SharedCache.of(lower, place);

  @BeforeEach
  void makeLower() throws IOException {
    Files.createDirectory(lower);
    Files.createDirectory(place);
    Files.writeString(lower.resolve("shared"), "shared");
  }

  @AfterEach
  void unmountAll() throws IOException {
    files.faults().failAt(Long.MAX_VALUE, FaultKind.INJECTED);
    cache.unmountAll(UnmountOptions.lazily());
  }

  /** Boot entries of which every removal fails. */
  private static final class StuckEntries implements BootEntries {
    @Override
    public List<OverlaySpec> specs() {
      return List.of();
    }

    @Override
    public void put(OverlaySpec spec) {}

    @Override
    public void remove(Path mountPoint) throws OverlayException {
      throw new OverlayException(FAILED);
    }
  }

  private List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void newInstanceHasItsThreeDirectoriesAndShowsTheLower() throws IOException {
    CacheInstance instance = cache.create("one");
    assertEquals(place.resolve("one"), instance.directory());
    assertEquals(List.of("mnts", "upper", "work"), namesIn(instance.directory()));
    assertEquals(Optional.empty(), instance.mount());
    assertEquals(cache.spec("one"), instance.spec());
    OverlayMount mount = cache.mount("one");
    assertEquals("shared", Files.readString(mount.root().resolve("shared")));
    assertSame(mount.root().getFileSystem(), cache.mount("one").root().getFileSystem());
  }

  /** Whichever change fails, the next attempt finds nothing in its way. */
  @Test
  void creationThatFailsLeavesNothing() throws IOException {
    long start = files.faults().changeCount();
    cache.create("counted");
    long changes = files.faults().changeCount() - start;
    assertTrue(changes >= 4, changes + " changes");
    for (int number = 1; number <= changes; number++) {
      files.faults().failAt(files.faults().changeCount() + number, FaultKind.NO_SPACE);
      OverlayException e = assertThrows(OverlayException.class, () -> cache.create("one"));
      assertTrue(e.has(ProblemCode.DIRECTORY_NOT_CREATED), e::toString);
      assertEquals(List.of("counted"), namesIn(place), "change " + number);
    }
    assertTrue(cache.create("one").mount().isEmpty());
  }

  @Test
  void existingInstanceIsNotChangedByCreate() throws IOException {
    cache.create("one");
    Files.writeString(cache.mount("one").root().resolve("mine"), "x");
    TreeSnapshot before = TreeSnapshot.of(place);
    assertTrue(cache.create("one").mount().isPresent());
    before.assertUnchanged();
  }

  /** The upper is what makes an instance; the rest is made by the mount. */
  @Test
  void onlyDirectoriesWithAnUpperAreInstances() throws IOException {
    Files.createFile(place.resolve("file"));
    Files.createDirectories(place.resolve("work only/work"));
    Files.createDirectory(place.resolve("upper is a file"));
    Files.createFile(place.resolve("upper is a file/upper"));
    for (String name : List.of("z", "a", "\u00e4", "B")) {
      Files.createDirectories(place.resolve(name + "/upper"));
    }
    assertEquals(
        List.of("B", "a", "z", "\u00e4"),
        cache.instances().stream().map(CacheInstance::name).toList());
    assertEquals(4, cache.mountAll().size());
    assertEquals(List.of("mnts", "upper", "work"), namesIn(place.resolve("z")));
  }

  @Test
  void placeWithoutInstancesHasNoneAndAFileIsNoPlace() throws IOException {
    assertEquals(List.of(), SharedCache.of(lower, files.getPath("/missing")).instances());
    Path file = Files.createFile(files.getPath("/file"));
    OverlayException e =
        assertThrows(OverlayException.class, () -> SharedCache.of(lower, file).instances());
    assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code());
    assertEquals(Optional.of(file), e.problems().get(0).path());
  }

  @Test
  void unknownInstancesAreNamed() {
    for (var action : List.<Failing>of(() -> cache.mount("no"), () -> cache.remove("no"))) {
      OverlayException e = assertThrows(OverlayException.class, action::run);
      assertEquals(ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND, e.problems().get(0).code());
      assertEquals(Optional.of(place.resolve("no")), e.problems().get(0).path());
    }
  }

  /** What a test expects to fail. */
  @FunctionalInterface
  private interface Failing {
    void run() throws IOException;
  }

  /** With its entry left, the machine would mount at boot what is not there any more. */
  @Test
  void instanceStaysWholeWhenItsBootEntryCannotBeRemoved() throws IOException {
    cache.create("one");
    Files.writeString(place.resolve("one/upper/mine"), "x");
    TreeSnapshot before = TreeSnapshot.of(place);
    SharedCache stuck = cache.bootEntries(new StuckEntries());
    OverlayException e = assertThrows(OverlayException.class, () -> stuck.remove("one"));
    assertEquals(List.of(FAILED), e.problems());
    before.assertUnchanged();
    cache.remove("one");
    assertEquals(List.of(), namesIn(place));
  }

  /** A removal that fails can be repeated, and gives back the layers. */
  @Test
  void removalThatFailsCanBeRepeated() throws IOException {
    for (int number = 1; number <= 5; number++) {
      cache.create("one");
      Files.writeString(place.resolve("one/upper/mine"), "x");
      files.faults().failAt(files.faults().changeCount() + number, FaultKind.INJECTED);
      OverlayException e = assertThrows(OverlayException.class, () -> cache.remove("one"));
      assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code());
      Files.createDirectories(place.resolve("one/upper"));
      cache.remove("one");
      assertEquals(List.of(), namesIn(place), "change " + number);
    }
  }

  @Test
  void removedInstanceLeavesTheLowerAndItsNeighbours() throws IOException {
    cache.create("one");
    cache.create("one2");
    Files.createSymbolicLink(place.resolve("one/upper/link"), lower);
    Files.createSymbolicLink(place.resolve("one/out"), place.resolve("one2"));
    TreeSnapshot before = TreeSnapshot.of(lower);
    TreeSnapshot neighbour = TreeSnapshot.of(place.resolve("one2"));
    cache.remove("one");
    before.assertUnchanged();
    neighbour.assertUnchanged();
    assertEquals(List.of("one2"), namesIn(place));
  }

  @Test
  void lazyUnmountOfAllIgnoresWhoUsesThem() throws IOException {
    cache.create("one");
    OverlayMount mount = cache.mount("one");
    try (InputStream held = Files.newInputStream(mount.root().resolve("shared"))) {
      assertThrows(OverlayException.class, () -> cache.unmountAll(UnmountOptions.strict()));
      assertTrue(mount.isMounted());
      cache.unmountAll(UnmountOptions.lazily());
      assertFalse(mount.isMounted());
      assertEquals('s', held.read());
    }
    cache.mount("one");
  }

  /** Each choice gives another cache, and the one before stays what it was. */
  @Test
  void choicesChangeNoExistingCache() {
    OverlaySpec plain = cache.spec("one");
    SharedCache chosen =
        cache.privatePath("etc").options(o -> o.withUserXattr(true)).privatePath("var/log");
    assertEquals(plain, cache.spec("one"));
    OverlaySpec spec = chosen.spec("one");
    assertEquals(List.of("etc", "var/log"), List.copyOf(spec.privatePaths()));
    assertTrue(spec.options().userXattr());
    assertNotEquals(plain, spec);
    assertEquals(place.resolve("one/mnts"), spec.mountPoint().orElseThrow());
    assertEquals(List.of(lower), spec.lowers());
    assertThrows(InvalidSpecException.class, () -> cache.privatePath("../etc"));
  }

  @Test
  void namedBackendIsTheOnlyOneThatIsAsked() throws IOException {
    cache.create("one");
    SharedCache other = cache.backend("no such backend");
    OverlayException e = assertThrows(OverlayException.class, () -> other.mount("one"));
    assertFalse(e.problems().isEmpty());
    assertTrue(cache.instances().get(0).mount().isEmpty());
    assertTrue(cache.backend("in-memory").mount("one").isMounted());
  }

  /** A misspelt name would be merged. */
  @Test
  void keepingAnInstanceThatDoesNotExistIsRefused() throws IOException {
    cache.create("one");
    Maintenance misspelt = cache.maintenance().keeping(List.of("oen"));
    for (Executable step : List.<Executable>of(misspelt::dryRun, misspelt::run)) {
      OverlayException e = assertThrows(OverlayException.class, step);
      assertTrue(e.has(ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND), e::toString);
      assertEquals(Optional.of(place.resolve("oen")), e.problems().get(0).path());
    }
  }

  @Test
  void instanceThatCouldNeverBeMountedIsNotCreated() throws IOException {
    Path file = Files.createFile(place.resolve("file"));
    Path lower = cache.lower();
    Files.createDirectory(lower.resolve("inside"));
    Files.createSymbolicLink(place.resolve("link"), lower.resolve("inside"));
    assertNotCreated(ProblemCode.LAYER_NESTED, lower, lower);
    assertNotCreated(ProblemCode.LAYER_NESTED, lower, lower.resolve("inside"));
    assertNotCreated(ProblemCode.LAYER_NESTED, lower, place.resolve("link"));
    assertNotCreated(ProblemCode.LAYER_NOT_DIRECTORY, file, place);
    assertNotCreated(ProblemCode.LAYER_NOT_FOUND, place.resolve("none"), place);
    assertNotCreated(ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND, lower, file);
    assertNotCreated(ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND, lower, place.resolve("none"));
  }

  private void assertNotCreated(ProblemCode code, Path lower, Path instances) throws IOException {
    OverlayException e =
        assertThrows(OverlayException.class, () -> SharedCache.of(lower, instances).create("new"));
    assertEquals(code, e.problems().get(0).code(), e::toString);
    assertFalse(Files.exists(instances.resolve("new")));
  }

  /** Nothing of a status changes what it reports. */
  @Test
  void statusAndDryRunChangeNothing() throws IOException {
    cache.create("one");
    cache.create("two");
    Files.delete(cache.mount("one").root().resolve("shared"));
    Files.createFile(place.resolve("two/.overlays-remount"));
    long changes = files.faults().changeCount();
    CacheStatus status = cache.status();
    MaintenanceReport plan = cache.maintenance().keeping(List.of("two")).dryRun();
    assertEquals(changes, files.faults().changeCount());
    assertEquals(List.of("one", "two"), plan.mounted());
    assertEquals(List.of("two"), List.copyOf(plan.vacuums().keySet()));
    assertEquals(status.use(), plan.before());
    assertTrue(status.instances().get(1).waiting());
  }

  /** Somebody has closed a file system in memory, but not the view in it. */
  @Test
  void forgottenViewDisturbsNoOtherCache() throws IOException {
    cache.create("one");
    cache.mount("one");
    List<OverlayMount> forgotten = new ArrayList<>();
    try (FileSystem other = InMemoryFileSystems.create()) {
      Files.createDirectories(other.getPath("/lower"));
      Files.createDirectories(other.getPath("/instances"));
      SharedCache second = SharedCache.of(other.getPath("/lower"), other.getPath("/instances"));
      second.create("one");
      forgotten.addAll(second.mountAll());
    }
    assertTrue(cache.instances().get(0).mount().isPresent());
    assertEquals(1, cache.mountAll().size());
    OverlayMount view = forgotten.get(0);
    assertThrows(ClosedFileSystemException.class, () -> view.close(UnmountOptions.lazily()));
    assertFalse(view.isMounted());
  }
}
