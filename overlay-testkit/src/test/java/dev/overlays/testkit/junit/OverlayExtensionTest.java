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
  void prepare(@TempDir Path temporary) throws IOException {
    SEEN.clear();
    EVENTS.clear();
    directory = Files.createDirectory(temporary.resolve("fixture"));
    Files.writeString(directory.resolve("file"), "fixture");
  }

  /** Asserts that all views of a run are gone. */
  private static void assertGone() {
    for (Path view : SEEN) {
      assertFalse(Files.exists(Run.temporary(view)), view.toString());
    }
  }

  @WithOverlay
  static class Fresh {
    @Fixture static Path fixture;
    private final Path ofConstructor;
    private Path ofBeforeEach;

    Fresh(@View Path view) {
      ofConstructor = view;
    }

    @BeforeEach
    void before(@View Path view) {
      ofBeforeEach = view;
    }

    @RepeatedTest(3)
    void write(@View Path view, OverlayMount mount) throws IOException {
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
    void after(@View Path view) {
      assertEquals(view, ofBeforeEach);
      assertTrue(Files.isDirectory(view));
    }
  }

  @Test
  void eachTestHasAViewOfItsOwn() throws IOException {
    Fresh.fixture = directory;
    assertEquals(4, Run.of(Fresh.class).passed().size());
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
    void write(@View Path view) throws Exception {
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
    assertEquals(4, Run.of(parallel, AtOnce.class).passed().size());
    assertGone();
  }

  @WithOverlay
  abstract static class Shared {
    @Fixture
    static void fill(Path empty) throws IOException {
      EVENTS.add("filled");
      SEEN.add(empty.resolve("file"));
      Files.writeString(empty.resolve("file"), "made");
    }

    @Test
    void isMade(@View Path view) throws IOException {
      assertEquals("made", Files.readString(view.resolve("file")));
      EVENTS.add("used");
    }

    static class First extends Shared {}

    static class Second extends Shared {
      @Nested
      class Inner {
        @Test
        void isMadeToo(@View Path view) throws IOException {
          isMade(view);
        }
      }
    }
  }

  @Test
  void aFixtureIsMadeOnceForARun() {
    assertEquals(3, Run.of(Shared.First.class, Shared.Second.class).passed().size());
    assertEquals(List.of("filled", "used", "used", "used"), EVENTS);
    assertGone();
  }

  abstract static class Changing {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @Test
    void change(@View Path view) throws IOException {
      Path file = directory.resolve("file");
      FileTime time = Files.getLastModifiedTime(file);
      Files.writeString(file, "FIXTURE");
      if (this instanceof Carefully) {
        Files.setLastModifiedTime(file, time);
      }
    }

    interface Carefully {}

    @WithOverlay
    static class Careless extends Changing {}

    @WithOverlay
    static class Hidden extends Changing implements Carefully {}

    @WithOverlay(check = LowerCheck.CONTENT)
    static class Found extends Changing implements Carefully {}

    @WithOverlay(check = LowerCheck.OFF)
    static class Ignored extends Changing {}
  }

  @Test
  void aChangedFixtureFailsTheClass() throws IOException {
    Files.setLastModifiedTime(directory.resolve("file"), FileTime.fromMillis(0));
    FixtureChangedError error =
        assertInstanceOf(FixtureChangedError.class, Run.of(Changing.Careless.class).failure());
    assertTrue(error.getMessage().contains(directory + " was changed"), error.getMessage());
    assertEquals(1, error.changes().size());
    assertTrue(error.changes().get(0).startsWith("~ file: mtime 1970"), error.getMessage());
  }

  @Test
  void howMuchIsCheckedIsChosen() throws IOException {
    Run.of(Changing.Hidden.class).passed();
    Files.writeString(directory.resolve("file"), "fixture");
    FixtureChangedError error =
        assertInstanceOf(FixtureChangedError.class, Run.of(Changing.Found.class).failure());
    assertEquals(List.of("~ file: content \"fixture\" → \"FIXTURE\""), error.changes());
    Files.writeString(directory.resolve("file"), "fixture");
    Run.of(Changing.Ignored.class).passed();
  }

  @WithOverlay(fixture = "no/such/directory")
  static class NotThere {
    @Test
    void test(@View Path view) {}
  }

  @Test
  void aFixtureThatIsNotThereIsTold() {
    OverlayException error =
        assertInstanceOf(OverlayException.class, Run.of(NotThere.class).failure().getCause());
    assertTrue(error.has(ProblemCode.LAYER_NOT_FOUND), error.toString());
    assertTrue(error.getMessage().contains("There is no such fixture."), error.getMessage());
  }

  @WithOverlay(backend = "in-memory")
  static class Named {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @RepeatedTest(2)
    void write(OverlayMount mount, @View Path view) throws IOException {
      assertEquals("in-memory", mount.backend());
      assertEquals("fixture", Files.readString(view.resolve("file")));
      Files.delete(view.resolve("file"));
      SEEN.add(mount.spec().upper().orElseThrow());
    }
  }

  @Test
  void aBackendThatNeedsNoRightsCanBeNamed() throws IOException {
    assertEquals(2, Run.of(Named.class).passed().size());
    assertGone();
    assertEquals("fixture", Files.readString(directory.resolve("file")));
  }

  @WithOverlay
  static class Memory {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @RepeatedTest(2)
    void write(OverlayMount mount, @View Path view) throws IOException {
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
    assertEquals(2, Run.of(Memory.class).passed().size());
    assertGone();
    assertEquals("fixture", Files.readString(directory.resolve("file")));
  }

  @WithOverlay(backend = "no-such-backend")
  static class Unknown {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @Test
    void test(OverlayMount view) {}
  }

  @Test
  void aNamedBackendIsTheOnlyOne() {
    OverlayException error =
        assertInstanceOf(OverlayException.class, Run.of(Unknown.class).failure().getCause());
    assertTrue(error.has(ProblemCode.BACKEND_UNKNOWN), error.toString());
  }

  @Test
  void nothingIsLeftWhenAViewFails() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    List<Path> before = views(temporary);
    assertNotEquals(null, Run.of(Unknown.class).failure());
    assertEquals(before, views(temporary));
  }

  private static List<Path> views(Path temporary) throws IOException {
    try (var listing = Files.list(temporary)) {
      return listing
          .filter(p -> p.getFileName().toString().startsWith("overlays-view"))
          .sorted()
          .toList();
    }
  }
}
