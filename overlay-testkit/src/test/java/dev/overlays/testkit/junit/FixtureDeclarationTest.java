package dev.overlays.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that incorrect declarations are reported with their correction. */
class FixtureDeclarationTest {
  @WithOverlay
  static class NoFixture {
    @Test
    void neverRuns() {}
  }

  @WithOverlay(fixture = ".")
  static class TwoFixtures {
    @Fixture static final Path FIXTURE = Path.of(".");

    @Test
    void neverRuns() {}
  }

  @WithOverlay
  static class NotStatic {
    @Fixture final Path fixture = Path.of(".");

    @Test
    void neverRuns() {}
  }

  @WithOverlay
  static class WrongMethod {
    @Fixture
    static Path fixture(Path empty) {
      return empty;
    }

    @Test
    void neverRuns() {}
  }

  @WithOverlay(fixture = ".")
  static class WrongType {
    @Test
    void neverRuns(@View File view) {}
  }

  @WithOverlay(fixture = ".")
  static class OfClass {
    @BeforeAll
    static void askForView(@View Path view) {}

    @Test
    void neverRuns() {}
  }

  @WithOverlay(fixture = ".")
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class OneInstance {
    OneInstance(@View Path view) {}

    @Test
    void neverRuns() {}
  }

  static class NoAnnotation {
    @Test
    void neverRuns(@TempDir(factory = OverlayTempDirFactory.class) Path view) {}
  }

  @Test
  void withoutTheAnnotationThereAreNoTemporaryDirectories() {
    Throwable error = TestRun.of(NoAnnotation.class).onlyFailure();
    while (error.getCause() != null) {
      error = error.getCause();
    }
    assertTrue(error.getMessage().endsWith("has no @WithOverlay"), error.getMessage());
  }

  @WithOverlay
  static class NoPath {
    @Fixture static final Path FIXTURE = null;

    @Test
    void neverRuns(@View Path view) {}
  }

  @WithOverlay
  static class FailingFixture {
    @Fixture
    static void failToFill(Path empty) throws IOException {
      Files.delete(empty.resolve("nothing"));
    }

    @Test
    void neverRuns(@View Path view) {}
  }

  @WithOverlay(fixture = ".", metacopy = true)
  static class ContradictingOptions {
    @Test
    void neverRuns() {}
  }

  @Test
  void optionsThatContradictEachOtherFailTheClass() {
    Throwable error = TestRun.of(ContradictingOptions.class).onlyFailure();
    assertInstanceOf(ExtensionConfigurationException.class, error);
    assertTrue(
        error.getMessage().contains("metacopy=on needs redirect_dir=on"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(classes = {NoFixture.class, TwoFixtures.class, NotStatic.class, WrongMethod.class})
  void aWrongFixtureFailsTheClass(Class<?> test) {
    ExtensionConfigurationException error =
        assertInstanceOf(ExtensionConfigurationException.class, TestRun.of(test).onlyFailure());
    String what =
        test == NoFixture.class
            ? " has no fixture: name a directory in @WithOverlay(fixture = ...), or put @Fixture on"
            : test == TwoFixtures.class
                ? " has more than one fixture: ."
                : test == NotStatic.class
                    ? " has a @Fixture that is not a static Path: "
                    : " has a @Fixture method that is neither static Path name() nor static void";
    assertTrue(error.getMessage().startsWith(test.getName() + what), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(classes = {WrongType.class, OfClass.class, OneInstance.class})
  void aWrongParameterIsTold(Class<?> test) {
    ParameterResolutionException error =
        assertInstanceOf(ParameterResolutionException.class, TestRun.of(test).onlyFailure());
    String what =
        test == WrongType.class
            ? "@View is for parameters of type Path"
            : "a view belongs to one test";
    assertTrue(error.getMessage().contains(what), error.getMessage());
  }

  @Test
  void aFieldWithoutAPathIsTold() {
    Throwable error = TestRun.of(NoPath.class).onlyFailure().getCause();
    assertInstanceOf(ExtensionConfigurationException.class, error);
    assertTrue(error.getMessage().startsWith("holds no path: the @Fixture "), error.getMessage());
  }

  @Test
  void aFixtureThatCannotBeMadeFailsTheTest() {
    Throwable error = TestRun.of(FailingFixture.class).onlyFailure().getCause();
    assertInstanceOf(NoSuchFileException.class, error);
    assertTrue(error.getMessage().endsWith("/nothing"), error.getMessage());
  }
}
