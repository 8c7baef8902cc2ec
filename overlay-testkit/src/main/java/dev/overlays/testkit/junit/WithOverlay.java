package dev.overlays.testkit.junit;

import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
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
 * <p>Everything that is written to a view is in the temporary directory ({@code java.io.tmpdir}),
 * or at the root of the fixture's file system where that is not the default one. The view is made
 * by the first of these that can be used, and knows the options that are asked for:
 *
 * <ol>
 *   <li>the kernel: as root, or in a JVM that has a user namespace of its own ({@code unshare
 *       --user --map-current-user --keep-caps --mount java ...});
 *   <li>{@code fuse-overlayfs}, or another backend whose views have a real path;
 *   <li>{@code rootless}, for tests that say {@link #nioOnly}, and for no others;
 *   <li>a copy of the fixture. A line in the log of {@code dev.overlays.testkit} says why it is
 *       one, and for each backend what to do so that it is none.
 * </ol>
 *
 * <p>When the first one that can be used does not mount, the test fails with its problems.
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
   * Names the backend that makes the views. {@code "in-memory"} needs no rights, for tests that see
   * their view through {@code java.nio.file} only.
   *
   * @return its name; empty for the best one
   */
  String backend() default "";

  /**
   * Says that the tests, and whatever they call, see the view through {@code java.nio.file} alone,
   * and only by the path that they are given. Then an ordinary user gets {@code rootless} views
   * where copies would be made otherwise.
   *
   * <p>It has to be said, because a rootless view is in the mount namespace of another process and
   * has no real path. A library that asks for a canonical path ({@code toRealPath}, {@code
   * File.getCanonicalFile}), for the file store or for a working directory, and a program that gets
   * the path, fail in such a view: most databases, build tools and class loaders do one of these.
   *
   * @return whether no real path is needed
   */
  boolean nioOnly() default false;

  /**
   * Tells what is done about renamed directories. With {@link RedirectDir#NOFOLLOW} a directory of
   * the fixture cannot be renamed in a kernel's view: {@code Files.move} of one that is not empty
   * fails. A copy has no options: in it everything can be renamed.
   *
   * @return {@code redirect_dir}; only root's views know others than the default
   */
  RedirectDir redirectDir() default RedirectDir.NOFOLLOW;

  /**
   * Tells whether a change of owner, mode or times copies up no data. Needs {@link RedirectDir#ON}.
   *
   * @return {@code metacopy}; only root's views know it
   */
  boolean metacopy() default false;

  /**
   * Tells whether the names of a file of the fixture stay one file when it is written to.
   *
   * @return {@code index}
   */
  boolean index() default false;

  /**
   * Tells whether files of the view have handles that stay good. Needs {@link #index}.
   *
   * @return {@code nfs_export}
   */
  boolean nfsExport() default false;

  /**
   * Tells whether inode numbers are unique in the view when the fixture and the temporary directory
   * are on different file systems.
   *
   * @return {@code xino}
   */
  Xino xino() default Xino.OFF;

  /**
   * Tells which identity the file system of the view has.
   *
   * @return {@code uuid}
   */
  UuidMode uuid() default UuidMode.AUTO;

  /**
   * Tells whether digests are checked of files that have no data of their own. Needs {@link
   * #metacopy}.
   *
   * @return {@code verity}
   */
  Verity verity() default Verity.OFF;

  /**
   * Tells whether syncing is left out, where the backend can do that. Not for tests of what
   * survives a sync.
   *
   * @return {@code volatile}
   */
  boolean volatileUpper() default true;
}
