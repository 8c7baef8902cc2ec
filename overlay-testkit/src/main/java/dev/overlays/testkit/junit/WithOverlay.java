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
 * Gives each test of a class a fresh writable view of a directory, the fixture, and discards the
 * view after the test. The fixture is not copied, however big it is.
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
 * <p>{@link #fixture()} names the fixture, or a {@link Fixture} field or method provides it, in the
 * class, an enclosing class, a superclass or an interface. Views are parameters of test methods, of
 * {@code @BeforeEach} and {@code @AfterEach} methods, and of constructors: {@link View @View}
 * {@code Path}, or {@link dev.overlays.OverlayMount}. All parameters of one test are the same view.
 * Tests may run in parallel.
 *
 * <p>What is written to a view is stored in the temporary directory ({@code java.io.tmpdir}), or at
 * the root of the fixture's file system if that is not the default one. The first of these that is
 * usable and supports the requested options makes the view:
 *
 * <ol>
 *   <li>the kernel: as root, or in a JVM that has a user namespace of its own ({@code unshare
 *       --user --map-current-user --keep-caps --mount java ...});
 *   <li>{@code fuse-overlayfs}, or another backend whose views have a real path;
 *   <li>{@code rootless}, only for tests with {@link #nioOnly};
 *   <li>a copy of the fixture. The log of {@code dev.overlays.testkit} explains for each backend
 *       why it was not used, and how to enable it.
 * </ol>
 *
 * <p>If the first usable one fails to mount, the test fails with its problems.
 *
 * <p>A test that leaves a file of its view open fails with a {@link ViewLeakedError}. If the
 * fixture has changed after the tests of the class, the class fails with a {@link
 * FixtureChangedError}. An incorrect declaration fails the class with an {@code
 * ExtensionConfigurationException}, a missing fixture with an {@link
 * dev.overlays.OverlayException}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OverlayExtension.class)
public @interface WithOverlay {

  /**
   * Names the fixture, an existing directory.
   *
   * @return a path of the default file system, absolute or relative to the working directory; empty
   *     if a {@link Fixture} field or method provides the fixture
   */
  String fixture() default "";

  /**
   * Selects how to check that the fixture is unchanged.
   *
   * @return what is compared
   */
  FixtureCheck check() default FixtureCheck.METADATA;

  /**
   * Names the backend that makes the views. {@code "in-memory"} needs no privileges; it is for
   * tests that use their view only through {@code java.nio.file}.
   *
   * @return the name; empty for the best one
   */
  String backend() default "";

  /**
   * Declares that the tests, and whatever they call, use the view only through {@code
   * java.nio.file}, and only by the path that they are given. Then an ordinary user gets {@code
   * rootless} views instead of copies.
   *
   * <p>This cannot be the default, because a rootless view is in the mount namespace of another
   * process and has no real path. Libraries that use a canonical path ({@code toRealPath}, {@code
   * File.getCanonicalFile}), the file store or a working directory fail in such a view, and so do
   * programs that get the path. Most databases, build tools and class loaders do one of these.
   *
   * @return whether no real path is needed
   */
  boolean nioOnly() default false;

  /**
   * Sets how renamed directories are handled. With {@link RedirectDir#NOFOLLOW} a directory of the
   * fixture cannot be renamed in a kernel's view: {@code Files.move} of one that is not empty
   * fails. A copy has no options; in it every directory can be renamed.
   *
   * @return {@code redirect_dir}; only views of root support other values than the default
   */
  RedirectDir redirectDir() default RedirectDir.NOFOLLOW;

  /**
   * Sets whether a change of owner, mode or times copies up metadata only. Needs {@link
   * RedirectDir#ON}.
   *
   * @return {@code metacopy}; only views of root support it
   */
  boolean metacopy() default false;

  /**
   * Sets whether hard links of the fixture stay one file when it is written to.
   *
   * @return {@code index}
   */
  boolean index() default false;

  /**
   * Sets whether files of the view have persistent file handles. Needs {@link #index}.
   *
   * @return {@code nfs_export}
   */
  boolean nfsExport() default false;

  /**
   * Sets whether inode numbers are unique in the view if the fixture and the temporary directory
   * are on different file systems.
   *
   * @return {@code xino}
   */
  Xino xino() default Xino.OFF;

  /**
   * Sets the UUID of the view's file system.
   *
   * @return {@code uuid}
   */
  UuidMode uuid() default UuidMode.AUTO;

  /**
   * Sets whether digests of metacopy files are checked. Needs {@link #metacopy}.
   *
   * @return {@code verity}
   */
  Verity verity() default Verity.OFF;

  /**
   * Sets whether syncing is skipped, if the backend supports it. Not for tests of what survives a
   * sync.
   *
   * @return {@code volatile}
   */
  boolean volatileUpper() default true;
}
