package dev.overlays.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class OverlayTempDirFactoryTest {
  private static final List<Path> SEEN = new ArrayList<>();
  private static Path directory;

  @BeforeEach
  void makeFixture(@TempDir Path temporary) throws IOException {
    SEEN.clear();
    directory = Files.createDirectory(temporary.resolve("fixture"));
    Files.writeString(directory.resolve("file"), "fixture");
  }

  @AfterEach
  void theFixtureIsAsItWas() throws IOException {
    assertEquals("fixture", Files.readString(directory.resolve("file")));
    for (Path view : SEEN) {
      if (Files.exists(TestRun.temporaryDirectoryOf(view))) {
        LeftoverRemoval.deleteTree(TestRun.temporaryDirectoryOf(view));
      }
    }
  }

  @WithOverlay
  abstract static class ViewUse {
    @Fixture
    static Path fixture() {
      return directory;
    }

    static void writeToView(Path view) throws IOException {
      SEEN.add(view);
      assertEquals("fixture", Files.readString(view.resolve("file")));
      Files.delete(view.resolve("file"));
      Files.writeString(view.resolve("new"), "new");
    }
  }

  static class ForTests extends ViewUse {
    @TempDir(factory = OverlayTempDirFactory.class)
    private Path field;

    @RepeatedTest(2)
    void writesToViews(@TempDir(factory = OverlayTempDirFactory.class) Path parameter)
        throws IOException {
      assertNotEquals(field, parameter);
      writeToView(field);
      writeToView(parameter);
    }
  }

  @Test
  void eachDirectoryIsAView() {
    assertEquals(2, TestRun.of(ForTests.class).passedTests().size());
    assertEquals(4, SEEN.stream().distinct().count());
    SEEN.forEach(
        view -> assertFalse(Files.exists(TestRun.temporaryDirectoryOf(view)), view.toString()));
  }

  static class ForClass extends ViewUse {
    @TempDir(factory = OverlayTempDirFactory.class)
    private static Path shared;

    @Test
    void writesToView() throws IOException {
      writeToView(shared);
    }
  }

  @Test
  void aClassMayHaveOne() {
    assertEquals(1, TestRun.of(ForClass.class).passedTests().size());
    SEEN.forEach(
        view -> assertFalse(Files.exists(TestRun.temporaryDirectoryOf(view)), view.toString()));
  }

  static class AlwaysKept extends ViewUse {
    @TempDir(factory = OverlayTempDirFactory.class, cleanup = CleanupMode.NEVER)
    private Path field;

    @Test
    void writesToView() throws IOException {
      writeToView(field);
    }
  }

  static class KeptOnFailure extends ViewUse {
    @TempDir(factory = OverlayTempDirFactory.class, cleanup = CleanupMode.ON_SUCCESS)
    private Path field;

    @Test
    void writesAndFails() throws IOException {
      writeToView(field);
      throw new IOException("on purpose");
    }
  }

  @Test
  void whatIsToBeKeptIsKept() throws IOException {
    TestRun.of(AlwaysKept.class).passedTests();
    assertEquals("on purpose", TestRun.of(KeptOnFailure.class).onlyFailure().getMessage());
    assertEquals(2, SEEN.size());
    for (Path view : SEEN) {
      try (Stream<Path> kept = Files.walk(TestRun.temporaryDirectoryOf(view))) {
        assertTrue(kept.anyMatch(path -> path.endsWith("new")), view.toString());
      }
    }
  }
}
