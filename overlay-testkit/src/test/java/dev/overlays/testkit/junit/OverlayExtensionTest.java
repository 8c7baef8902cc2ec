package dev.overlays.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the extension on the best backend, which is a copy in this module. */
class OverlayExtensionTest {
  private static final Set<Path> SEEN = ConcurrentHashMap.newKeySet();
  private static final List<String> EVENTS = Collections.synchronizedList(new ArrayList<>());
  private static Path directory;
  private static CountDownLatch together;

  @BeforeEach
  void makeFixture(@TempDir Path temporary) throws IOException {
    SEEN.clear();
    EVENTS.clear();
    directory = Files.createDirectory(temporary.resolve("fixture"));
    Files.writeString(directory.resolve("file"), "fixture");
  }

  /** Asserts that all views of a run are gone. */
  private static void assertGone() {
    for (Path view : SEEN) {
      assertFalse(Files.exists(TestRun.temporaryDirectoryOf(view)), view.toString());
    }
  }

  @WithOverlay
  static class FreshViews {
    @Fixture static Path fixture;
    private final Path ofConstructor;
    private Path ofBeforeEach;

    FreshViews(@View Path view) {
      ofConstructor = view;
    }

    @BeforeEach
    void keepView(@View Path view) {
      ofBeforeEach = view;
    }

    @RepeatedTest(3)
    void writesToOwnView(@View Path view, OverlayMount mount) throws IOException {
      assertEquals(view, ofConstructor);
      assertEquals(view, ofBeforeEach);
      assertEquals(view, mount.root());
      assertTrue(mount.isMounted());
      assertTrue(SEEN.add(view), "a view is used again");
      assertEquals("fixture", Files.readString(view.resolve("file")));
      Files.writeString(view.resolve("file"), "changed");
      Files.createDirectory(view.resolve("new"));
    }

    @Test
    void noView() {}

    @AfterEach
    void checkViewAfter(@View Path view) {
      assertEquals(view, ofBeforeEach);
      assertTrue(Files.isDirectory(view));
    }
  }

  @Test
  void eachTestHasAViewOfItsOwn() throws IOException {
    FreshViews.fixture = directory;
    assertEquals(4, TestRun.of(FreshViews.class).passedTests().size());
    assertEquals(3, SEEN.size());
    assertGone();
    assertEquals("fixture", Files.readString(directory.resolve("file")));
    assertFalse(Files.exists(directory.resolve("new")));
  }

  @WithOverlay
  static class AtOnce {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @RepeatedTest(4)
    void writesToOwnView(@View Path view) throws Exception {
      assertTrue(SEEN.add(view));
      Files.writeString(view.resolve("file"), view.toString());
      together.countDown();
      assertTrue(together.await(30, TimeUnit.SECONDS), "the tests do not run at once");
      assertEquals(view.toString(), Files.readString(view.resolve("file")));
    }
  }

  @Test
  void testsRunAtOnce() {
    // JUnit promises only that some of them run at once.
    together = new CountDownLatch(2);
    Map<String, String> parallel =
        Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.mode.default", "concurrent",
            "junit.jupiter.execution.parallel.config.strategy", "fixed",
            "junit.jupiter.execution.parallel.config.fixed.parallelism", "4");
    assertEquals(4, TestRun.of(parallel, AtOnce.class).passedTests().size());
    assertGone();
  }

  @WithOverlay
  abstract static class SharedFixture {
    @Fixture
    static void fillOnce(Path empty) throws IOException {
      EVENTS.add("filled");
      SEEN.add(empty.resolve("file"));
      Files.writeString(empty.resolve("file"), "made");
    }

    @Test
    void isMade(@View Path view) throws IOException {
      assertEquals("made", Files.readString(view.resolve("file")));
      EVENTS.add("used");
    }

    static class FirstClass extends SharedFixture {}

    static class SecondClass extends SharedFixture {
      @Nested
      class NestedClass {
        @Test
        void isMadeToo(@View Path view) throws IOException {
          isMade(view);
        }
      }
    }
  }

  @Test
  void aFixtureIsMadeOnceForARun() {
    assertEquals(
        3,
        TestRun.of(SharedFixture.FirstClass.class, SharedFixture.SecondClass.class)
            .passedTests()
            .size());
    assertEquals(List.of("filled", "used", "used", "used"), EVENTS);
    assertGone();
  }

  abstract static class ChangingFixture {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @Test
    void changesTheFixture(@View Path view) throws IOException {
      Path file = directory.resolve("file");
      FileTime time = Files.getLastModifiedTime(file);
      Files.writeString(file, "FIXTURE");
      if (this instanceof KeepsTimes) {
        Files.setLastModifiedTime(file, time);
      }
    }

    interface KeepsTimes {}

    @WithOverlay
    static class SeenByMetadata extends ChangingFixture {}

    @WithOverlay
    static class HiddenFromMetadata extends ChangingFixture implements KeepsTimes {}

    @WithOverlay(check = FixtureCheck.CONTENT)
    static class SeenByContent extends ChangingFixture implements KeepsTimes {}

    @WithOverlay(check = FixtureCheck.OFF)
    static class NotChecked extends ChangingFixture {}
  }

  @Test
  void aChangedFixtureFailsTheClass() throws IOException {
    Files.setLastModifiedTime(directory.resolve("file"), FileTime.fromMillis(0));
    FixtureChangedError error =
        assertInstanceOf(
            FixtureChangedError.class,
            TestRun.of(ChangingFixture.SeenByMetadata.class).onlyFailure());
    assertTrue(error.getMessage().contains(directory + " was changed"), error.getMessage());
    assertEquals(1, error.changes().size());
    assertTrue(error.changes().get(0).startsWith("~ file: mtime 1970"), error.getMessage());
  }

  @Test
  void howMuchIsCheckedIsChosen() throws IOException {
    TestRun.of(ChangingFixture.HiddenFromMetadata.class).passedTests();
    Files.writeString(directory.resolve("file"), "fixture");
    FixtureChangedError error =
        assertInstanceOf(
            FixtureChangedError.class,
            TestRun.of(ChangingFixture.SeenByContent.class).onlyFailure());
    assertEquals(List.of("~ file: content \"fixture\" → \"FIXTURE\""), error.changes());
    Files.writeString(directory.resolve("file"), "fixture");
    TestRun.of(ChangingFixture.NotChecked.class).passedTests();
  }

  @WithOverlay(fixture = "no/such/directory")
  static class NotThere {
    @Test
    void neverRuns(@View Path view) {}
  }

  @Test
  void aFixtureThatIsNotThereIsTold() {
    OverlayException error =
        assertInstanceOf(
            OverlayException.class, TestRun.of(NotThere.class).onlyFailure().getCause());
    assertTrue(error.has(ProblemCode.LAYER_NOT_FOUND), error.toString());
    assertTrue(error.getMessage().contains("There is no such fixture."), error.getMessage());
  }

  @WithOverlay(backend = "in-memory")
  static class NamedBackend {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @RepeatedTest(2)
    void writesToView(OverlayMount mount, @View Path view) throws IOException {
      assertEquals("in-memory", mount.backend());
      assertEquals("fixture", Files.readString(view.resolve("file")));
      Files.delete(view.resolve("file"));
      SEEN.add(mount.spec().upper().orElseThrow());
    }
  }

  @Test
  void aBackendThatNeedsNoRightsCanBeNamed() throws IOException {
    assertEquals(2, TestRun.of(NamedBackend.class).passedTests().size());
    assertGone();
    assertEquals("fixture", Files.readString(directory.resolve("file")));
  }

  @WithOverlay
  static class FixtureInMemory {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @RepeatedTest(2)
    void writesToView(OverlayMount mount, @View Path view) throws IOException {
      assertEquals("in-memory", mount.backend());
      Files.writeString(view.resolve("file"), "changed");
      SEEN.add(mount.spec().upper().orElseThrow());
    }
  }

  @Test
  void aFixtureInMemoryHasViewsThere() throws IOException {
    FileSystem memory = InMemoryFileSystems.create();
    directory = Files.createDirectory(memory.getPath("/fixture"));
    Files.writeString(directory.resolve("file"), "fixture");
    assertEquals(2, TestRun.of(FixtureInMemory.class).passedTests().size());
    assertGone();
    assertEquals("fixture", Files.readString(directory.resolve("file")));
  }

  @WithOverlay(backend = "no-such-backend")
  static class UnknownBackend {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @Test
    void neverRuns(OverlayMount view) {}
  }

  @Test
  void aNamedBackendIsTheOnlyOne() {
    OverlayException error =
        assertInstanceOf(
            OverlayException.class, TestRun.of(UnknownBackend.class).onlyFailure().getCause());
    assertTrue(error.has(ProblemCode.BACKEND_UNKNOWN), error.toString());
  }

  @Test
  void nothingIsLeftWhenAViewFails() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    List<Path> before = viewsIn(temporary);
    assertNotEquals(null, TestRun.of(UnknownBackend.class).onlyFailure());
    assertEquals(before, viewsIn(temporary));
  }

  private static List<Path> viewsIn(Path temporary) throws IOException {
    try (var listing = Files.list(temporary)) {
      return listing
          .filter(p -> p.getFileName().toString().startsWith("overlays-view"))
          .sorted()
          .toList();
    }
  }
}
