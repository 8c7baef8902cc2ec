package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that programs leave in the mount point of an unmounted instance, in memory. */
class MountPointFilesTest {
  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path place = memory.getPath("/instances");
  private final Path mountPoint = place.resolve("one/mnts");
  private final Path aside = place.resolve("one/mnts.overlays-aside-1");
  private final Path second = place.resolve("one/mnts.overlays-aside-2");
  private SharedCache cache;

  @BeforeEach
  void makeCache() throws IOException {
    Path lower = Files.createDirectory(memory.getPath("/cache"));
    Files.createDirectory(place);
    Files.writeString(lower.resolve("shared"), "shared");
    cache = SharedCache.of(lower, place);
    cache.create("one");
    cache.create("two");
  }

  @AfterEach
  void unmountAll() throws IOException {
    WatchedBackend.ACTS.set(Optional.empty());
    cache.unmountAll(UnmountOptions.lazily());
  }

  private static void actAroundMounts(Runnable before, Runnable after) {
    WatchedBackend.ACTS.set(Optional.of(new WatchedBackend.MountActs(before, after)));
  }

  private void writeIntoMountPoint(String name, String content) {
    try {
      Files.writeString(mountPoint.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> entryNames(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private CacheInstance firstInstance() throws IOException {
    return cache.instances().get(0);
  }

  private static List<ProblemCode> codesOf(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  @Test
  void mountAllMovesFilesAside() throws IOException {
    writeIntoMountPoint("pid", "123");
    Files.createDirectory(mountPoint.resolve("run"));
    writeIntoMountPoint("run/socket", "s");
    assertEquals(2, cache.mountAll().size());
    assertEquals(List.of(), entryNames(mountPoint));
    assertEquals("123", Files.readString(aside.resolve("pid")));
    assertEquals("s", Files.readString(aside.resolve("run/socket")));
    assertEquals(List.of("shared"), entryNames(cache.mount("one").root()));
    assertEquals(List.of(aside), firstInstance().aside());
    assertEquals(List.of(), cache.instances().get(1).aside());
  }

  @Test
  void statusListsAsideDirectoriesUntilTheyAreDeleted() throws IOException {
    writeIntoMountPoint("pid", "123");
    cache.mount("one");
    CacheStatus status = cache.status();
    Problem notice = status.instances().get(0).notices().get(0);
    assertEquals(ProblemCode.CACHE_FILES_ASIDE, notice.code());
    assertEquals(Optional.of(aside), notice.path());
    assertTrue(status.toString().contains(notice.toString()), status::toString);
    Files.delete(aside.resolve("pid"));
    Files.delete(aside);
    assertEquals(List.of(), cache.status().instances().get(0).notices());
  }

  @Test
  void maintenanceMovesFilesAsideBeforeRemounting() throws IOException {
    cache.mountAll();
    MaintenanceReport report =
        cache.maintenance().progress(progress -> writeIntoMountPoint("pid", "123")).run();
    assertEquals(List.of("one", "two"), report.mounted());
    assertEquals(List.of(ProblemCode.CACHE_FILES_ASIDE), codesOf(report.notices()));
    assertTrue(report.toString().contains(aside.toString()), report::toString);
    assertEquals("123", Files.readString(aside.resolve("pid")));
    assertFalse(firstInstance().waiting());
    assertEquals(List.of(), cache.maintain().notices(), "told once by reports");
  }

  @Test
  void eachMountUsesANewAsideDirectory() throws IOException {
    for (String content : List.of("first", "second")) {
      writeIntoMountPoint("pid", content);
      cache.mount("one").close();
    }
    assertEquals("first", Files.readString(aside.resolve("pid")));
    assertEquals("second", Files.readString(second.resolve("pid")));
    assertEquals(List.of(aside, second), firstInstance().aside());
  }

  @Test
  void asideDirectoryIsRemovedWithItsInstance() throws IOException {
    Files.createDirectory(mountPoint.resolve("upper"));
    cache.mount("one").close();
    assertTrue(Files.isDirectory(aside.resolve("upper")));
    assertEquals(
        List.of("one", "two"), cache.instances().stream().map(CacheInstance::name).toList());
    cache.remove("one");
    assertFalse(Files.exists(place.resolve("one")));
  }

  @Test
  void failingMountMovesNoFiles() throws IOException {
    writeIntoMountPoint("pid", "123");
    Files.delete(place.resolve("one/work"));
    Files.createFile(place.resolve("one/work"));
    assertThrows(OverlayException.class, () -> cache.mount("one"));
    assertEquals("123", Files.readString(mountPoint.resolve("pid")));
    assertEquals(List.of(), firstInstance().aside());
  }

  @Test
  void mountWithoutTheCacheRefusesFiles() {
    writeIntoMountPoint("pid", "123");
    OverlayException e =
        assertThrows(OverlayException.class, () -> Overlays.mount(cache.spec("one")));
    assertTrue(e.has(ProblemCode.MOUNT_POINT_NOT_EMPTY), e::getMessage);
  }

  @Test
  void filesWrittenDuringTheMountAreMovedAside() throws IOException {
    actAroundMounts(() -> {}, () -> writeIntoMountPoint("pid", "late"));
    cache.backend(WatchedBackend.NAME).mount("one");
    assertEquals(List.of(), entryNames(mountPoint));
    assertEquals("late", Files.readString(aside.resolve("pid")));
  }

  @Test
  void mountRetriesWhileAWriterInterferes() throws IOException {
    int[] left = {3};
    Runnable writer = () -> writeWhile(left[0]-- > 0);
    actAroundMounts(writer, () -> {});
    assertTrue(cache.backend(WatchedBackend.NAME).mount("one").isMounted());
    assertEquals(3, firstInstance().aside().size());
  }

  private void writeWhile(boolean writing) {
    if (writing) {
      writeIntoMountPoint("pid", "again");
    }
  }

  /** Neither is anything lost, nor is it tried for ever. */
  @Test
  void endlessWriterMakesTheMountFail() throws IOException {
    actAroundMounts(() -> writeIntoMountPoint("pid", "again"), () -> {});
    SharedCache watched = cache.backend(WatchedBackend.NAME);
    OverlayException e = assertThrows(OverlayException.class, () -> watched.mount("one"));
    assertTrue(e.has(ProblemCode.MOUNT_POINT_NOT_EMPTY), e::getMessage);
    assertTrue(e.has(ProblemCode.CACHE_FILES_ASIDE), e::getMessage);
    assertEquals(List.of("pid"), entryNames(mountPoint));
    for (Path each : firstInstance().aside()) {
      assertEquals("again", Files.readString(each.resolve("pid")));
    }
    assertFalse(firstInstance().mount().isPresent());
  }
}
