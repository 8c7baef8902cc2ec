package dev.overlays.linux.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Xino;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.junit.Fixture;
import dev.overlays.testkit.junit.OverlayTempDirFactory;
import dev.overlays.testkit.junit.View;
import dev.overlays.testkit.junit.ViewLeakedError;
import dev.overlays.testkit.junit.WithOverlay;
import dev.overlays.testkit.tree.LayerTree;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views that the JUnit extension gets from the kernel backend; nothing is left of them. */
class KernelViewsTest {
  private static final Set<OverlayMount> SEEN = Collections.synchronizedSet(new HashSet<>());
  private static Path directory;
  private static InputStream leaked;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeFixture() throws IOException {
    sandbox = Sandbox.asRoot();
    SEEN.clear();
    directory = sandbox.createDirectory("fixture");
    LayerTree.parse(
            """
            ./        0711 owner=7:8
            a/
              file    "fixture"
            link      -> a/file
            """)
        .writeTo(directory);
  }

  @AfterEach
  void assertNothingIsLeft() throws IOException {
    if (leaked != null) {
      leaked.close();
      leaked = null;
    }
    if (sandbox == null) {
      return;
    }
    LayerTree.parse("./ 0711 owner=7:8\na/\n  file \"fixture\"\nlink -> a/file")
        .assertMatches(directory);
    for (OverlayMount mount : SEEN) {
      assertFalse(mount.isMounted());
      assertFalse(Files.exists(mount.root().getParent()), mount.root().toString());
    }
  }

  abstract static class SharedFixture {
    @Fixture
    static Path fixture() {
      return directory;
    }
  }

  @WithOverlay
  static class ParallelCases extends SharedFixture {
    @RepeatedTest(12)
    void writesToItsOwnView(OverlayMount mount, @View Path view) throws IOException {
      assertTrue(SEEN.add(mount));
      assertEquals("kernel", mount.backend());
      LayerTree.parse("./ 0711 owner=7:8\na/\n  file \"fixture\"\nlink -> a/file")
          .assertMatches(view);
      Files.writeString(view.resolve("a/file"), view.toString());
      Files.delete(view.resolve("link"));
      assertEquals(view.toString(), Files.readString(view.resolve("a/file")));
    }
  }

  @Test
  void eachTestHasAMountOfItsOwn() {
    assertEquals(List.of(), LaunchedTests.runTests(ParallelCases.class).failures);
    assertEquals(12, SEEN.size());
  }

  @WithOverlay
  static class LeakingCase extends SharedFixture {
    @Test
    void leavesAFileOpen(OverlayMount mount) throws IOException {
      SEEN.add(mount);
      leaked = Files.newInputStream(mount.root().resolve("a/file"));
    }
  }

  @Test
  void aTestThatLeavesAFileOpenFails() {
    List<Throwable> failures = LaunchedTests.runTests(LeakingCase.class).failures;
    assertEquals(1, failures.size(), failures.toString());
    ViewLeakedError error = assertInstanceOf(ViewLeakedError.class, failures.get(0));
    assertTrue(
        error.problems().stream().anyMatch(problem -> problem.code() == ProblemCode.MOUNT_HELD));
    assertTrue(error.getMessage().contains("/a/file"), error.getMessage());
    assertTrue(
        error.getMessage().contains(Long.toString(ProcessHandle.current().pid())),
        error.getMessage());
  }

  @WithOverlay
  static class TempDirs extends SharedFixture {
    @TempDir(factory = OverlayTempDirFactory.class)
    static Path shared;

    @RepeatedTest(3)
    void deletesInItsOwnDirectory(@TempDir(factory = OverlayTempDirFactory.class) Path view)
        throws IOException {
      SEEN.add(Overlays.find(view).orElseThrow());
      SEEN.add(Overlays.find(shared).orElseThrow());
      Files.delete(view.resolve("link"));
      assertTrue(Files.exists(shared.resolve("link")));
    }
  }

  @Test
  void aTemporaryDirectoryIsUnmountedBeforeItIsDeleted() {
    assertEquals(List.of(), LaunchedTests.runTests(TempDirs.class).failures);
    assertTrue(SEEN.size() >= 4);
  }

  @WithOverlay(
      redirectDir = RedirectDir.ON,
      metacopy = true,
      index = true,
      xino = Xino.AUTO,
      uuid = UuidMode.ON,
      volatileUpper = false)
  static class AnnotatedOptions extends SharedFixture {
    @Test
    void movesADirectory(OverlayMount mount, @View Path view) throws IOException {
      SEEN.add(mount);
      OverlayOptions wanted =
          OverlayOptions.defaults()
              .withRedirectDir(RedirectDir.ON)
              .withMetacopy(true)
              .withIndex(true)
              .withXino(Xino.AUTO)
              .withUuid(UuidMode.ON);
      assertEquals(wanted, mount.spec().options());
      Files.move(view.resolve("a"), view.resolve("b"));
      assertEquals("fixture", Files.readString(view.resolve("b/file")));
    }
  }

  @Test
  void optionsOfTheAnnotationAreThoseOfTheMount() {
    assertEquals(List.of(), LaunchedTests.runTests(AnnotatedOptions.class).failures);
    assertEquals(1, SEEN.size());
  }

  @WithOverlay
  static class DefaultOptions extends SharedFixture {
    @Test
    void cannotMoveADirectory(OverlayMount mount, @View Path view) {
      SEEN.add(mount);
      assertEquals(OverlayOptions.defaults().withVolatileUpper(true), mount.spec().options());
      assertThrows(
          DirectoryNotEmptyException.class, () -> Files.move(view.resolve("a"), view.resolve("b")));
    }
  }

  @Test
  void withoutOptionsTheMountHasTheDefaults() {
    assertEquals(List.of(), LaunchedTests.runTests(DefaultOptions.class).failures);
    assertEquals(1, SEEN.size());
  }

  @WithOverlay(fixture = "/usr/lib")
  static class SystemFixture {
    @Test
    void getsAView(@View Path view) {}
  }

  /** Prints what fails. */
  static final class FailurePrinter {
    public static void main(String[] args) {
      LaunchedTests.runTests(SystemFixture.class).failures.forEach(System.out::println);
    }
  }

  @Test
  void anUnsupportedUpperFileSystemIsReported() throws IOException {
    Path overlay = sandbox.path("mnts");
    try (OverlayMount mount = Overlays.mount(sandbox.newLayers().build())) {
      String failure =
          Sandbox.run(
              ChildJvm.javaProgram(),
              "-Djava.io.tmpdir=" + overlay,
              "-cp",
              String.join(File.pathSeparator, ChildJvm.classPath()),
              FailurePrinter.class.getName());
      assertTrue(failure.contains("upper-file-system-unsupported"), failure);
      try (Stream<Path> left = Files.list(mount.root())) {
        assertEquals(List.of(), left.filter(KernelViewsTest::isView).toList());
      }
    }
  }

  private static boolean isView(Path entry) {
    return entry.getFileName().toString().startsWith("overlays-");
  }
}
