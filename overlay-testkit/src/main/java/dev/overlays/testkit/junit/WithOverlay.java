package dev.overlays.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a class a fresh writable view of one big directory, the fixture, and throws it
 * away afterwards. However big the fixture is, nothing of it is copied.
 *
 * <pre>{@code
 * @WithOverlay
 * class OrdersTest {
 *   @Fixture
 *   static void database(Path empty) throws IOException {
 *     // fills the directory, once for all tests
 *   }
 *
 *   @Test
 *   void anOrderIsKept(@View Path database) {
 *     // writes to a view of its own
 *   }
 * }
 * }</pre>
 *
 * <p>The fixture is named by {@link #fixture()}, or is what a {@link Fixture} field or method of
 * the class, of a class around it, a superclass or an interface gives. Views are parameters of test
 * methods, of {@code @BeforeEach} and {@code @AfterEach} methods, and of constructors: {@link
 * View @View} {@code Path}, or {@link dev.overlays.OverlayMount}. All of one test are the same
 * view. Tests may run in parallel.
 *
 * <p>The view is made by the best backend of the machine, with everything it writes in the
 * temporary directory ({@code java.io.tmpdir}), or at the root of the fixture's file system where
 * that is not the default one. Nothing is synced to the disk for it. When a backend can be used but
 * does not mount, the test fails with its problems. Where no backend can be used at all the fixture
 * is copied for each test, and a line in the log of {@code dev.overlays.testkit} says so, and why.
 * {@code backend = "in-memory"} does without copies there, for tests that see their view through
 * {@code java.nio.file} only.
 *
 * <p>A test that leaves a file of its view open fails with a {@link ViewLeakedError}. When the
 * tests of the class are done it is checked that the fixture is unchanged, or a {@link
 * FixtureChangedError} fails the class. What is declared in a wrong way fails it with an {@code
 * ExtensionConfigurationException}; a fixture that is not there with an {@link
 * dev.overlays.OverlayException}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OverlayExtension.class)
public @interface WithOverlay {

  /**
   * Names the fixture, a directory that is there.
   *
   * @return a path of the default file system; if it is relative, to the working directory. Empty
   *     when a {@link Fixture} field or method gives it
   */
  String fixture() default "";

  /**
   * Tells how to check that the fixture is unchanged.
   *
   * @return what is looked at
   */
  LowerCheck check() default LowerCheck.METADATA;

  /**
   * Names the backend that makes the views.
   *
   * @return its name; empty for the best one
   */
  String backend() default "";
}
