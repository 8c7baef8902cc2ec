package dev.overlays.testkit.backend;

import dev.overlays.OverlayBackend;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A backend to be tested against the {@link OverlayBackendContract}, and the directory for its
 * layers. Immutable; the {@code with} methods return a changed copy.
 *
 * @param backend the backend
 * @param directory an empty directory for layers and mount points, on a file system that the
 *     backend accepts for uppers and a layer store serves
 * @param capabilities what the backend can do
 * @param strictness how precisely refusals are checked
 * @param cleanup closed after the test, after everything is unmounted
 */
public record BackendUnderTest(
    OverlayBackend backend,
    Path directory,
    Set<Capability> capabilities,
    RefusalStrictness strictness,
    Closeable cleanup) {

  /**
   * Makes a backend to be tested.
   *
   * @param backend the backend
   * @param directory the directory for layers
   * @param capabilities what the backend can do
   * @param strictness how precisely refusals are checked
   * @param cleanup closed after the test
   */
  public BackendUnderTest {
    Objects.requireNonNull(backend, "backend");
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(strictness, "strictness");
    Objects.requireNonNull(cleanup, "cleanup");
    Set<Capability> copy = EnumSet.noneOf(Capability.class);
    copy.addAll(capabilities);
    capabilities = Collections.unmodifiableSet(copy);
  }

  /**
   * Returns a backend without capabilities that is tested strictly.
   *
   * @param backend the backend
   * @param directory an empty directory for layers
   * @return a backend to be tested
   */
  public static BackendUnderTest of(OverlayBackend backend, Path directory) {
    return new BackendUnderTest(backend, directory, Set.of(), RefusalStrictness.STRICT, () -> {});
  }

  /**
   * Returns a backend that can do more.
   *
   * @param more what else it can do
   * @return a copy
   */
  public BackendUnderTest with(Capability... more) {
    return with(Arrays.asList(more));
  }

  /**
   * Returns a backend that can do more.
   *
   * @param more what else it can do
   * @return a copy
   */
  public BackendUnderTest with(Collection<Capability> more) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    all.addAll(capabilities);
    all.addAll(more);
    return new BackendUnderTest(backend, directory, all, strictness, cleanup);
  }

  /**
   * Returns a backend that is tested with another strictness.
   *
   * @param newStrictness how precisely refusals are checked
   * @return a copy
   */
  public BackendUnderTest with(RefusalStrictness newStrictness) {
    return new BackendUnderTest(backend, directory, capabilities, newStrictness, cleanup);
  }

  /**
   * Returns a backend with a cleanup after the test.
   *
   * @param newCleanup closed after the test
   * @return a copy
   */
  public BackendUnderTest withCleanup(Closeable newCleanup) {
    return new BackendUnderTest(backend, directory, capabilities, strictness, newCleanup);
  }
}
