package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache and its instances, in memory. */
class SharedCacheTest {
  private static final String CONFIG = "etc/config";

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path lower = memory.getPath("/cache");
  private final Path place = memory.getPath("/instances");
  private final RecordedEntries boot = new RecordedEntries();
  private SharedCache cache;

  /** Entries by mount point. */
  private static final class RecordedEntries implements BootEntries {
    private final Map<Path, OverlaySpec> entries = new LinkedHashMap<>();

    @Override
    public List<OverlaySpec> specs() {
      return List.copyOf(entries.values());
    }

    @Override
    public void put(OverlaySpec spec) {
      entries.put(spec.mountPoint().orElseThrow(), spec);
    }

    @Override
    public void remove(Path mountPoint) {
      entries.remove(mountPoint);
    }
  }

  @BeforeEach
  void makeCache() throws IOException {
    Files.createDirectories(lower.resolve("etc"));
    Files.createDirectory(place);
    Files.writeString(lower.resolve(CONFIG), "nobody's");
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(lower.resolve(name), name.repeat(1000));
    }
    cache = SharedCache.of(lower, place).privatePath(CONFIG).bootEntries(boot);
  }

  @AfterEach
  void unmountAll() throws IOException {
    cache.unmountAll(UnmountOptions.lazily());
  }

  private List<OverlayMount> createAndMount(String... names) throws IOException {
    for (String name : names) {
      cache.create(name);
    }
    return cache.mountAll();
  }

  private Path viewRoot(String name) throws IOException {
    return cache.mount(name).root();
  }

  private List<String> mountedNames() throws IOException {
    return cache.instances().stream()
        .filter(instance -> instance.mount().isPresent())
        .map(CacheInstance::name)
        .toList();
  }

  @Test
  void newCacheObjectFindsInstancesOnDisk() throws IOException {
    assertEquals(List.of(), cache.instances());
    assertEquals(2, createAndMount("two", "one").size());
    Files.createDirectory(place.resolve("something else"));
    assertEquals(List.of("one", "two"), mountedNames());
    SharedCache again = SharedCache.of(lower, place).privatePath(CONFIG);
    assertEquals(cache.instances().get(0).spec(), again.instances().get(0).spec());
    assertTrue(again.instances().get(1).mount().isPresent());
    cache.unmountAll(UnmountOptions.strict());
    assertEquals(List.of(), mountedNames());
    assertEquals(2, again.instances().size());
  }

  @Test
  void instanceIsCreatedOnceAndRemovedWithEverything() throws IOException {
    createAndMount("one");
    Files.writeString(viewRoot("one").resolve("mine"), "x");
    cache.create("one");
    assertTrue(Files.exists(viewRoot("one").resolve("mine")));
    OverlayException e = assertThrows(OverlayException.class, () -> cache.remove("one"));
    assertTrue(e.has(ProblemCode.LAYER_IN_USE), e::getMessage);
    assertEquals(Set.of(place.resolve("one/mnts")), boot.entries.keySet());
    cache.unmountAll(UnmountOptions.strict());
    cache.remove("one");
    assertFalse(Files.exists(place.resolve("one")));
    assertEquals(Set.of(), boot.entries.keySet());
    e = assertThrows(OverlayException.class, () -> cache.remove("one"));
    assertTrue(e.has(ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND), e::getMessage);
  }

  @Test
  void createNamesTheMissingDirectory() throws IOException {
    for (Path missing : List.of(place, lower)) {
      Path moved = Files.move(missing, memory.getPath("/moved"));
      OverlayException e = assertThrows(OverlayException.class, () -> cache.create("new"));
      ProblemCode code =
          missing.equals(lower)
              ? ProblemCode.LAYER_NOT_FOUND
              : ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND;
      assertEquals(code, e.problems().get(0).code(), e::toString);
      assertEquals(Optional.of(missing), e.problems().get(0).path(), e::toString);
      Files.move(moved, missing);
    }
    assertFalse(Files.exists(place.resolve("new")));
  }

  @Test
  void removeOfInstanceMountedElsewhereKeepsItsBootEntry() throws IOException {
    createAndMount("one");
    cache.unmountAll(UnmountOptions.strict());
    Path elsewhere = Files.createDirectory(memory.getPath("/elsewhere"));
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower)
            .upper(place.resolve("one/upper"))
            .work(place.resolve("one/work"))
            .mountPoint(elsewhere)
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertThrows(OverlayException.class, () -> cache.remove("one"));
      assertTrue(mount.isMounted());
    }
    assertEquals(Set.of(place.resolve("one/mnts")), boot.entries.keySet());
  }

  @Test
  void missingWorkDirectoryIsMadeByTheMount() throws IOException {
    createAndMount("one", "two");
    Files.delete(viewRoot("one").resolve("a"));
    cache.unmountAll(UnmountOptions.strict());
    try (Stream<Path> work = Files.walk(place.resolve("two/work"))) {
      for (Path path : work.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    cache.maintain();
    assertTrue(Files.exists(viewRoot("two").resolve("a")), "only one has deleted it");
    assertEquals(2, cache.status().instances().size());
  }

  @Test
  void instanceIsRemovedWhileOthersAreMounted() throws IOException {
    createAndMount("one", "two");
    Overlays.find(place.resolve("one/mnts")).orElseThrow().close();
    cache.remove("one");
    assertEquals(List.of("two"), mountedNames());
  }

  @Test
  void mountAllMountsTheOthersWhenOneFails() throws IOException {
    cache.create("one");
    replaceByFile(place.resolve("one/mnts"));
    OverlayException e = assertThrows(OverlayException.class, () -> createAndMount("two"));
    assertTrue(e.has(ProblemCode.MOUNT_POINT_NOT_DIRECTORY), e::getMessage);
    assertEquals(List.of("two"), mountedNames());
  }

  @Test
  void unmountAllUnmountsTheOthersWhenOneIsInUse() throws IOException {
    createAndMount("one", "two");
    try (InputStream held = Files.newInputStream(viewRoot("one").resolve("a"))) {
      assertEquals('a', held.read());
      OverlayException e =
          assertThrows(OverlayException.class, () -> cache.unmountAll(UnmountOptions.strict()));
      assertTrue(e.has(ProblemCode.MOUNT_HELD), e::getMessage);
    }
    assertEquals(List.of("one"), mountedNames());
  }

  @Test
  void maintenanceRefusesLazyUnmounts() {
    assertThrows(
        IllegalArgumentException.class,
        () -> cache.maintenance().unmounting(UnmountOptions.lazily()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../x", "/x"})
  void invalidInstanceNamesAreRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> cache.create(name));
  }

  @Test
  void statusPrintsATable() throws IOException {
    createAndMount("first", "second");
    cache.instances().get(1).mount().orElseThrow().close();
    Files.delete(viewRoot("first").resolve("a"));
    Files.writeString(viewRoot("first").resolve("b"), "short");
    Files.writeString(viewRoot("first").resolve("new"), "n".repeat(5000));
    CacheStatus status = cache.status();
    InstanceStatus first = status.instances().get(0);
    assertEquals(2000, first.freedBytes());
    assertEquals(5005, first.upperBytes());
    // The other instance shows what this one has deleted.
    assertEquals(1000, status.freedBytes());
    assertEquals(5005, status.use().uppers());
    assertEquals("in-memory", first.backend().orElseThrow());
    assertTrue(first.atBoot());
    String[] lines = status.toString().split("\n", -1);
    assertEquals(4, lines.length, status::toString);
    assertTrue(lines[0].startsWith("INSTANCE"), lines[0]);
    assertTrue(lines[1].startsWith("first") && lines[1].contains("in-memory"), lines[1]);
    assertTrue(lines[2].startsWith("second") && lines[2].contains(" - "), lines[2]);
    assertTrue(lines[3].startsWith("lower /cache: "), lines[3]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void statusHandsOnEachRowByTheCallingThreadInTheOrderOfNames(int workers) throws IOException {
    List<String> names = List.of("five", "four", "one", "three", "two");
    createAndMount(names.toArray(String[]::new));
    for (int i = 0; i < names.size(); i++) {
      Files.writeString(viewRoot(names.get(i)).resolve("own"), "x".repeat(1000 * (i + 1)));
    }
    List<InstanceStatus> rows = new ArrayList<>();
    Thread caller = Thread.currentThread();
    CacheStatus status =
        cache.status(
            workers,
            row -> {
              assertEquals(caller, Thread.currentThread());
              rows.add(row);
            });
    assertEquals(names, rows.stream().map(InstanceStatus::name).toList());
    assertEquals(rows, status.instances());
    assertEquals(cache.status().use(), status.use());
    assertEquals(15_000, status.use().uppers());
  }

  /**
   * An exception of the listener, or an instance that cannot be read, ends it after earlier rows.
   */
  @Test
  void statusHandsOnRowsBeforeEverythingIsRead() throws IOException {
    createAndMount("first", "second");
    cache.unmountAll(UnmountOptions.strict());
    List<String> rows = new ArrayList<>();
    IllegalStateException stop = new IllegalStateException("enough");
    assertSame(
        stop,
        assertThrows(
            IllegalStateException.class,
            () ->
                cache.status(
                    2,
                    row -> {
                      rows.add(row.name());
                      throw stop;
                    })));
    assertEquals(List.of("first"), rows);
    assertThrows(IllegalArgumentException.class, () -> cache.status(0, row -> {}));
    Files.delete(place.resolve("second/work"));
    Files.writeString(place.resolve("second/work"), "not a directory");
    assertThrows(OverlayException.class, () -> cache.status(1, row -> rows.add(row.name())));
    assertEquals(List.of("first", "first"), rows);
  }

  @Test
  void statusNamesWhoUsesAnInstance() throws IOException {
    createAndMount("first", "second");
    Path used = viewRoot("second").resolve("a");
    try (InputStream stream = Files.newInputStream(used)) {
      assertEquals('a', stream.read());
      CacheStatus status = cache.status();
      assertEquals(List.of(), status.instances().get(0).holders());
      Problem holder = status.instances().get(1).holders().get(0);
      assertEquals(ProblemCode.MOUNT_HELD, holder.code());
      assertEquals(Optional.of(used), holder.path());
      String[] lines = status.toString().split("\n", -1);
      assertTrue(lines[2].matches("second .* 1  .*"), lines[2]);
      assertEquals("second: " + holder.message(), lines[3]);
    }
    assertEquals(List.of(), cache.status().instances().get(1).holders());
  }

  @Test
  void maintenanceMergesAndRemountsMountedInstances() throws IOException {
    createAndMount("one", "two", "three");
    for (String name : List.of("one", "two", "three")) {
      Path root = viewRoot(name);
      Files.writeString(root.resolve(CONFIG), name);
      Files.writeString(root.resolve("download"), "same".repeat(500));
      Files.writeString(root.resolve("of " + name), name);
      Files.delete(root.resolve("a"));
    }
    Files.delete(viewRoot("one").resolve("b"));
    cache.instances().get(2).mount().orElseThrow().close();
    assertEquals(List.of("one", "three"), mountedNames());

    MaintenanceReport plan = cache.maintenance().dryRun();
    assertTrue(plan.dryRun());
    assertEquals(List.of("one", "three"), plan.mounted());
    assertEquals(plan.before(), plan.after());
    assertEquals(List.of("one", "three"), mountedNames());

    MaintenanceReport report = cache.maintain();
    assertEquals(List.of("one", "three"), report.mounted());
    assertEquals(List.of("one", "three"), mountedNames());
    assertEquals(plan.before(), report.before());
    assertTrue(report.after().total() < report.before().total(), report::toString);
    assertTrue(report.toString().contains("2 mounted again"), report::toString);
    assertFalse(Files.exists(lower.resolve("a")));
    assertTrue(Files.exists(lower.resolve("b")), "two and three still show it");
    assertFalse(Files.exists(viewRoot("one").resolve("b")));
    assertEquals("three", Files.readString(viewRoot("three").resolve(CONFIG)));
    assertEquals("two", Files.readString(viewRoot("one").resolve("of two")));
    assertEquals("nobody's", Files.readString(lower.resolve(CONFIG)));
  }

  @Test
  void keptInstancesLoseWhatTheLowerHasNow() throws IOException {
    createAndMount("one", "two");
    for (String name : List.of("one", "two")) {
      Files.writeString(viewRoot(name).resolve("download"), "same".repeat(500));
      Files.writeString(viewRoot(name).resolve("mine"), name);
    }
    Files.delete(viewRoot("one").resolve("a"));
    Maintenance maintenance = cache.maintenance().keeping(List.of("two")).ignoreAttributes();
    maintenance.dryRun();
    assertTrue(Files.exists(place.resolve("two/upper/download")));
    MaintenanceReport report = maintenance.run();
    assertEquals(1, report.vacuums().get("two").filesRemoved(), report::toString);
    assertFalse(Files.exists(place.resolve("two/upper/download")));
    assertEquals("one", Files.readString(lower.resolve("mine")));
    assertEquals("two", Files.readString(viewRoot("two").resolve("mine")));
    assertTrue(Files.exists(viewRoot("two").resolve("a")), "only one has deleted it");
    assertEquals(List.of("one", "two"), mountedNames());
  }

  @Test
  void instanceInUseIsNamedAndAllAreRemounted() throws IOException {
    createAndMount("one", "two");
    Files.writeString(viewRoot("one").resolve("new"), "x");
    try (InputStream held = Files.newInputStream(viewRoot("two").resolve("a"))) {
      OverlayException e = assertThrows(OverlayException.class, () -> cache.maintenance().run());
      assertEquals(
          List.of(ProblemCode.MOUNT_BUSY, ProblemCode.MOUNT_HELD),
          e.problems().stream().map(Problem::code).toList());
      assertEquals('a', held.read());
    }
    assertEquals(List.of("one", "two"), mountedNames());
    assertFalse(Files.exists(lower.resolve("new")));
    assertFalse(cache.instances().get(0).waiting() || cache.instances().get(1).waiting());
    cache.maintenance().run();
    assertTrue(Files.exists(lower.resolve("new")));
  }

  @Test
  void refusalComesBeforeAnyUnmount() throws IOException {
    List<OverlayMount> mounts = createAndMount("one", "two");
    Files.writeString(viewRoot("one").resolve("a"), "one");
    Files.writeString(viewRoot("two").resolve("a"), "two");
    Maintenance maintenance = cache.maintenance().policy(ConflictPolicy.REFUSE);
    OverlayException e = assertThrows(OverlayException.class, maintenance::run);
    assertTrue(e.has(ProblemCode.MERGE_CONFLICT), e::getMessage);
    assertTrue(mounts.stream().allMatch(OverlayMount::isMounted));
  }

  @Test
  void interruptedMaintenanceRemountsAndContinuesLater() throws IOException {
    createAndMount("one");
    for (int i = 0; i < 20; i++) {
      Files.writeString(viewRoot("one").resolve("new" + i), "x");
    }
    List<Problem> problems = new ArrayList<>();
    int[] asked = {0};
    OverlayException e =
        assertThrows(
            OverlayException.class,
            () -> cache.maintenance().cancelWhen(() -> asked[0]++ > 10).run());
    problems.addAll(e.problems());
    assertEquals(ProblemCode.MERGE_CANCELLED, problems.get(0).code());
    assertEquals(List.of("one"), mountedNames());
    try (var names = Files.list(viewRoot("one"))) {
      assertEquals(24, names.count());
    }
    cache.maintenance().run();
    assertTrue(Files.exists(lower.resolve("new19")));
  }

  /** As a process leaves it that was killed between unmounting and mounting again. */
  @Test
  void waitingInstanceIsMountedByTheNextMaintenance() throws IOException {
    createAndMount("one", "two");
    cache.unmountAll(UnmountOptions.strict());
    Files.createFile(place.resolve("one/.overlays-remount"));
    assertTrue(cache.instances().get(0).waiting());
    assertTrue(cache.status().toString().contains("to be mounted again"));
    assertEquals(List.of("one"), cache.maintenance().dryRun().mounted());
    cache.maintenance().run();
    assertEquals(List.of("one"), mountedNames());
    assertFalse(cache.instances().get(0).waiting());
  }

  @Test
  void failedRemountIsReportedAndStaysWaiting() throws IOException {
    createAndMount("one", "two");
    Path mountPoint = place.resolve("one/mnts");
    Maintenance maintenance = cache.maintenance().progress(progress -> replaceByFile(mountPoint));
    OverlayException e = assertThrows(OverlayException.class, maintenance::run);
    assertTrue(e.has(ProblemCode.MOUNT_POINT_NOT_DIRECTORY), e::getMessage);
    assertEquals(List.of("two"), mountedNames());
    assertTrue(cache.instances().get(0).waiting());
    Files.delete(mountPoint);
    cache.maintenance().run();
    assertEquals(List.of("one", "two"), mountedNames());
  }

  /** As another maintenance does that mounted the instance just before this one unmounted it. */
  @Test
  void unmountedInstanceIsRemountedWithoutItsNote() throws IOException {
    createAndMount("one", "two");
    Path note = place.resolve("one/.overlays-remount");
    cache.maintenance().progress(progress -> deleteNote(note)).run();
    assertEquals(List.of("one", "two"), mountedNames());
  }

  @Test
  void concurrentMaintenancesRemountEveryInstance() throws Exception {
    createAndMount("one", "two", "three");
    Thread other = new Thread(this::maintainOften);
    other.start();
    maintainOften();
    other.join();
    for (CacheInstance instance : cache.instances()) {
      assertTrue(instance.mount().isPresent() || instance.waiting(), instance::toString);
    }
  }

  /** One is refused while the other merges. */
  private void maintainOften() {
    for (int i = 0; i < 100; i++) {
      try {
        cache.maintain();
      } catch (OverlayException e) {
        assertFalse(e.problems().isEmpty());
      }
    }
  }

  private static void deleteNote(Path note) {
    try {
      Files.deleteIfExists(note);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void throwingListenerLeavesEveryInstanceMounted() throws IOException {
    createAndMount("one", "two");
    Maintenance maintenance =
        cache
            .maintenance()
            .progress(
                progress -> {
                  throw new IllegalStateException("of the listener");
                });
    assertThrows(IllegalStateException.class, maintenance::run);
    assertEquals(List.of("one", "two"), mountedNames());
    assertFalse(cache.instances().get(0).waiting() || cache.instances().get(1).waiting());
  }

  @Test
  void foreignMountAtAnInstanceIsLeftAlone() throws IOException {
    createAndMount("one");
    cache.unmountAll(UnmountOptions.strict());
    Path other = Files.createDirectories(memory.getPath("/other"));
    OverlaySpec foreign =
        OverlaySpec.builder()
            .lower(lower)
            .upper(Files.createDirectory(other.resolve("upper")))
            .work(Files.createDirectory(other.resolve("work")))
            .mountPoint(place.resolve("one/mnts"))
            .build();
    try (OverlayMount mount = Overlays.mount(foreign)) {
      assertEquals(List.of(), mountedNames());
      cache.unmountAll(UnmountOptions.strict());
      assertTrue(mount.isMounted());
      OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
      assertTrue(e.has(ProblemCode.MOUNT_POINT_IN_USE), e::getMessage);
      assertThrows(OverlayException.class, cache::maintain);
      assertTrue(mount.isMounted());
    }
  }

  /** As somebody has mounted it by hand; what it hides of the other lower must not be merged. */
  @Test
  void viewOverOtherLowersIsNotUnmounted() throws IOException {
    createAndMount("one", "two");
    cache.instances().get(0).mount().orElseThrow().close();
    Path other = Files.createDirectory(memory.getPath("/other"));
    Files.createFile(other.resolve("hidden"));
    OverlaySpec two =
        OverlaySpec.builder().lower(other).lower(lower).instance(place.resolve("one")).build();
    try (OverlayMount mount = Overlays.mount(two)) {
      Files.delete(mount.root().resolve("hidden"));
      OverlayException e = assertThrows(OverlayException.class, cache::maintain);
      assertTrue(e.has(ProblemCode.CACHE_VIEW_DIFFERS), e::getMessage);
      e = assertThrows(OverlayException.class, () -> cache.maintenance().dryRun());
      assertTrue(e.has(ProblemCode.CACHE_VIEW_DIFFERS), e::getMessage);
      assertFalse(Files.exists(mount.root().resolve("hidden")));
      assertEquals(List.of("one", "two"), mountedNames());
    }
  }

  private static void replaceByFile(Path mountPoint) {
    try {
      if (Files.isDirectory(mountPoint)) {
        Files.delete(mountPoint);
        Files.createFile(mountPoint);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
