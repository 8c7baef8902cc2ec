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
 * A backend that is held to the {@link OverlayBackendContract}, and where. Immutable; the {@code
 * with} methods return a changed copy.
 *
 * @param backend the backend
 * @param place an empty directory, on a file system that the backend takes uppers from; a layer
 *     store serves it. Layers and mount points are made in it
 * @param capabilities what the backend can do
 * @param strictness how much of a refusal has to be right
 * @param cleanup closed after the test, when everything is unmounted
 */
public record BackendUnderTest(
    OverlayBackend backend,
    Path place,
    Set<Capability> capabilities,
    Strictness strictness,
    Closeable cleanup) {

  /**
   * Makes a backend to be tested.
   *
   * @param backend the backend
   * @param place where layers go
   * @param capabilities what it can do
   * @param strictness how much of a refusal has to be right
   * @param cleanup closed after the test
   */
  public BackendUnderTest {
    Objects.requireNonNull(backend, "backend");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(strictness, "strictness");
    Objects.requireNonNull(cleanup, "cleanup");
    Set<Capability> copy = EnumSet.noneOf(Capability.class);
    copy.addAll(capabilities);
    capabilities = Collections.unmodifiableSet(copy);
  }

  /**
   * Returns a backend that can do no more than it must, and is tested strictly.
   *
   * @param backend the backend
   * @param place an empty directory where layers go
   * @return a backend to be tested
   */
  public static BackendUnderTest of(OverlayBackend backend, Path place) {
    return new BackendUnderTest(backend, place, Set.of(), Strictness.STRICT, () -> {});
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
    return new BackendUnderTest(backend, place, all, strictness, cleanup);
  }

  /**
   * Returns a backend that is tested in another way.
   *
   * @param newStrictness how much of a refusal has to be right
   * @return a copy
   */
  public BackendUnderTest with(Strictness newStrictness) {
    return new BackendUnderTest(backend, place, capabilities, newStrictness, cleanup);
  }

  /**
   * Returns a backend whose place is cleaned up after the test.
   *
   * @param newCleanup what is closed then
   * @return a copy
   */
  public BackendUnderTest cleanedUpBy(Closeable newCleanup) {
    return new BackendUnderTest(backend, place, capabilities, strictness, newCleanup);
  }
}
