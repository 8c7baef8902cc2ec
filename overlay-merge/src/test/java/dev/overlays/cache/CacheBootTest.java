package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Boot entries that are refused or cannot be written, and what becomes of the view. */
class CacheBootTest {
  private static final Problem REFUSED =
      Problem.of(ProblemCode.BOOT_SPEC_UNSUPPORTED, "Refused.", "Nothing.");
  private static final Problem FAILED =
      Problem.of(ProblemCode.BOOT_FILE_FAILED, "Not written.", "Nothing.");

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private final Path place = memory.getPath("/instances");
  private final ScriptedEntries entries = new ScriptedEntries();
  private SharedCache cache;

  /** What a write of an entry does. */
  private interface WriteAction {
    void run() throws OverlayException;
  }

  /** Boot entries that refuse or fail as the test says, and keep nothing. */
  private static final class ScriptedEntries implements BootEntries {
    private boolean refusing;
    private WriteAction writing = () -> {};
    private int written;

    @Override
    public List<OverlaySpec> specs() {
      return List.of();
    }

    @Override
    public PreparedEntry prepare(OverlaySpec spec) throws OverlayException {
      if (refusing) {
        throw new OverlayException(REFUSED);
      }
      return () -> put(spec);
    }

    @Override
    public void put(OverlaySpec spec) throws OverlayException {
      writing.run();
      written++;
    }

    @Override
    public void remove(Path mountPoint) {}
  }

  @BeforeEach
  void makeCache() throws IOException {
    Path lower = Files.createDirectory(memory.getPath("/cache"));
    Files.createDirectory(place);
    Files.writeString(lower.resolve("shared"), "shared");
    cache = SharedCache.of(lower, place).bootEntries(entries);
    cache.create("one");
  }

  @AfterEach
  void unmountAll() throws IOException {
    cache.unmountAll(UnmountOptions.lazily());
  }

  private CacheInstance firstInstance() throws OverlayException {
    return cache.instances().get(0);
  }

  private static void failWriting() throws OverlayException {
    throw new OverlayException(FAILED);
  }

  @Test
  void refusedEntryPreventsTheMount() throws IOException {
    entries.refusing = true;
    OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
    assertEquals(List.of(REFUSED), e.problems());
    assertEquals(0, entries.written);
    assertFalse(firstInstance().mount().isPresent());
  }

  @Test
  void entryIsWrittenAfterTheMount() throws IOException {
    entries.writing = () -> assertTrue(firstInstance().mount().isPresent(), "not mounted yet");
    cache.mount("one");
    assertEquals(1, entries.written);
  }

  @Test
  void failedEntryUnmountsTheViewAndReportsBoth() throws IOException {
    entries.writing = CacheBootTest::failWriting;
    OverlayException e = assertThrows(OverlayException.class, cache::mountAll);
    assertEquals(
        List.of(ProblemCode.BOOT_FILE_FAILED, ProblemCode.CACHE_VIEW_UNMOUNTED),
        e.problems().stream().map(Problem::code).toList());
    assertFalse(firstInstance().mount().isPresent());
  }

  @Test
  void failedEntryKeepsAViewInUseAndReportsBoth() throws IOException {
    InputStream[] held = new InputStream[1];
    entries.writing =
        () -> {
          held[0] = openFile(firstInstance().mount().orElseThrow().root().resolve("shared"));
          failWriting();
        };
    OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
    held[0].close();
    assertEquals(ProblemCode.BOOT_FILE_FAILED, e.problems().get(0).code());
    assertTrue(e.has(ProblemCode.MOUNT_HELD), e::getMessage);
    assertTrue(firstInstance().mount().isPresent());
  }

  private static InputStream openFile(Path file) throws OverlayException {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new OverlayException(List.of(FAILED), e);
    }
  }

  @Test
  void runtimeExceptionOfEntriesLeavesNothingMounted() throws IOException {
    entries.writing =
        () -> {
          throw new IllegalStateException("of the entries");
        };
    assertThrows(IllegalStateException.class, () -> cache.mount("one"));
    assertFalse(firstInstance().mount().isPresent());
  }

  @Test
  void failedEntryKeepsAnEarlierMount() throws IOException {
    cache.mount("one");
    entries.writing = CacheBootTest::failWriting;
    assertThrows(OverlayException.class, () -> cache.mount("one"));
    assertTrue(firstInstance().mount().isPresent());
  }

  /** Its users had the view before, with or without an entry. */
  @Test
  void maintenanceRemountsDespiteFailedEntry() throws IOException {
    cache.mount("one");
    entries.writing = CacheBootTest::failWriting;
    entries.refusing = true;
    OverlayException e = assertThrows(OverlayException.class, cache::maintain);
    assertEquals(List.of(FAILED), e.problems());
    assertTrue(firstInstance().mount().isPresent());
    assertFalse(firstInstance().waiting());
  }

  @Test
  void refusedEntryKeepsTheInstanceWaiting() throws IOException {
    Files.createFile(place.resolve("one/.overlays-remount"));
    entries.writing = CacheBootTest::failWriting;
    assertThrows(OverlayException.class, () -> cache.mount("one"));
    assertTrue(firstInstance().waiting());
  }
}
