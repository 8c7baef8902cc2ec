package dev.overlays.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that a view is removed if something fails after it was mounted, even if JUnit's stores
 * fail.
 */
class HalfMadeViewTest {
  private static final List<OverlayMount> MOUNTS = Collections.synchronizedList(new ArrayList<>());
  private static final List<Path> VIEWS = new ArrayList<>();
  private static Path directory;

  @BeforeEach
  void makeFixture(@TempDir Path temporary) throws IOException {
    directory = Files.createDirectory(temporary.resolve("fixture"));
    Files.writeString(directory.resolve("file"), "fixture");
    MOUNTS.clear();
    VIEWS.clear();
    VIEWS.addAll(leftViews());
  }

  @AfterEach
  void assertNothingIsLeft() {
    for (OverlayMount mount : MOUNTS) {
      assertFalse(mount.isMounted());
      assertFalse(Files.exists(TestRun.temporaryDirectoryOf(mount.spec().upper().orElseThrow())));
    }
  }

  @WithOverlay(backend = "in-memory")
  static class FileOfATest {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @TempDir(factory = OverlayTempDirFactory.class)
    File view;

    @Test
    void neverRuns() {}
  }

  @WithOverlay(backend = "in-memory")
  static class FileOfAClass {
    @TempDir(factory = OverlayTempDirFactory.class)
    static File view;

    @Fixture
    static Path fixture() {
      return directory;
    }

    @Test
    void neverRuns() {}
  }

  /** JUnit fails after the factory, because the path of a view in memory cannot become a File. */
  @ParameterizedTest
  @ValueSource(classes = {FileOfATest.class, FileOfAClass.class})
  void aViewThatJUnitCannotInjectIsClosed(Class<?> test) throws IOException {
    List<String> before = mountedViews();
    assertInstanceOf(ExtensionConfigurationException.class, TestRun.of(test).onlyFailure());
    assertEquals(before, mountedViews());
    assertEquals(List.of(), leftViews());
  }

  private static List<Path> leftViews() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("overlays-view"))
          .filter(path -> !VIEWS.contains(path))
          .toList();
    }
  }

  @Test
  void nothingIsLeftOfADirectoryInWhichNothingCouldBeMounted() throws IOException {
    Path made = Files.createTempDirectory(directory.getParent(), "overlays-view");
    OverlaySpec spec = ViewRequest.DEFAULT.specFor(directory, made);
    OutOfMemoryError failure = new OutOfMemoryError("after the directories were made");
    assertSame(
        failure,
        assertThrows(
            OutOfMemoryError.class,
            () ->
                FreshView.of(
                    made,
                    spec,
                    mounted -> {
                      Files.createDirectory(mounted.upper().orElseThrow());
                      Files.createDirectory(mounted.mountPoint().orElseThrow());
                      throw failure;
                    })));
    assertFalse(Files.exists(made));
  }

  /** What a backend has left at the mount point is not deleted, and the first failure is thrown. */
  @Test
  void whatIsSeenAtTheMountPointIsNotDeleted() throws IOException {
    Path made = Files.createTempDirectory(directory.getParent(), "view");
    OverlaySpec spec = ViewRequest.DEFAULT.specFor(directory, made);
    Path left = spec.mountPoint().orElseThrow().resolve("file");
    IOException failure = new IOException("left mounted");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                FreshView.of(
                    made,
                    spec,
                    mounted -> {
                      Files.createDirectory(left.getParent());
                      Files.writeString(left, "seen through a mount");
                      throw failure;
                    })));
    assertEquals("seen through a mount", Files.readString(left));
    assertEquals(1, failure.getSuppressed().length);
  }

  /** Makes a view as JUnit does: while it computes a value in the store of the context. */
  static final class NestedComputation implements BeforeEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
      ExtensionContext computing = computingContext(context);
      Path view = new OverlayTempDirFactory().createTempDirectory(annotatedElement(), computing);
      assertEquals("fixture", Files.readString(view.resolve("file")));
    }

    private static AnnotatedElementContext annotatedElement() {
      return () -> HalfMadeViewTest.class;
    }
  }

  /** Wraps a context so that its stores fail, as in JUnit 6.0.0 during a computation. */
  private static ExtensionContext computingContext(ExtensionContext context) {
    return (ExtensionContext)
        Proxy.newProxyInstance(
            HalfMadeViewTest.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getStore")) {
                throw new IllegalStateException("Recursive update");
              }
              try {
                return method.invoke(context, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @WithOverlay(backend = "in-memory")
  @ExtendWith(NestedComputation.class)
  static class InAComputation {
    @Fixture
    static Path fixture() {
      return directory;
    }

    @RepeatedTest(2)
    void usesView(OverlayMount mount) {
      MOUNTS.add(mount);
    }
  }

  @Test
  void aTemporaryDirectoryUsesNoStoreOfItsContext() {
    assertEquals(2, TestRun.of(InAComputation.class).passedTests().size());
    assertEquals(2, MOUNTS.size());
  }

  /** Requests a view in a test whose store is already closed or fails. */
  static final class WithoutStore implements BeforeEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) {
      ParameterContext parameter =
          (ParameterContext)
              Proxy.newProxyInstance(
                  HalfMadeViewTest.class.getClassLoader(),
                  new Class<?>[] {ParameterContext.class},
                  (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.toString());
                  });
      new OverlayExtension().resolveParameter(parameter, computingContext(context));
    }
  }

  @WithOverlay(backend = "in-memory")
  @ExtendWith(WithoutStore.class)
  static class WhereTheStoreFails extends InAComputation {}

  @Test
  void whereAStoreFailsNothingHasBeenMounted() throws IOException {
    List<String> before = mountedViews();
    AssertionError failures =
        assertThrows(
            AssertionError.class, () -> TestRun.of(WhereTheStoreFails.class).passedTests());
    assertEquals(2, failures.getSuppressed().length);
    assertEquals("Recursive update", failures.getSuppressed()[0].getMessage());
    assertEquals(before, mountedViews());
  }

  private static List<String> mountedViews() throws IOException {
    return Overlays.mounted().stream().map(mount -> mount.spec().toString()).toList();
  }

  @WithOverlay(backend = "in-memory")
  static class FailingConstructor {
    @Fixture
    static Path fixture() {
      return directory;
    }

    FailingConstructor(OverlayMount mount) {
      MOUNTS.add(mount);
      throw new IllegalStateException("no instance");
    }

    @Test
    void neverRuns() {}
  }

  @Test
  void aViewOfAConstructorThatFailsIsClosed() {
    assertEquals("no instance", TestRun.of(FailingConstructor.class).onlyFailure().getMessage());
    assertEquals(1, MOUNTS.size());
  }
}
