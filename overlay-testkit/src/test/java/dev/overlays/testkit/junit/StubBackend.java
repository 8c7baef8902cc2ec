package dev.overlays.testkit.junit;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A backend whose answers a test sets. It mounts in memory. */
record StubBackend(
    String name,
    Optional<Problem> whyUnavailable,
    Function<OverlaySpec, Optional<Problem>> declining,
    Function<OverlaySpec, List<Problem>> checking,
    StubMounting mounting)
    implements OverlayBackend {

  /** Mounts a spec. */
  @FunctionalInterface
  interface StubMounting {
    OverlayMount mount(OverlaySpec spec) throws OverlayException;
  }

  static StubBackend usableBackend(String name) {
    return new StubBackend(
        name,
        Optional.empty(),
        spec -> Optional.empty(),
        spec -> List.of(),
        spec -> Overlays.mount(spec, "in-memory"));
  }

  StubBackend asUnavailable(ProblemCode code, String message) {
    return new StubBackend(
        name, Optional.of(Problem.of(code, message, "Do it.")), declining, checking, mounting);
  }

  StubBackend withDeclines(Function<OverlaySpec, Optional<Problem>> answer) {
    return new StubBackend(name, whyUnavailable, answer, checking, mounting);
  }

  StubBackend withCheck(Function<OverlaySpec, List<Problem>> answer) {
    return new StubBackend(name, whyUnavailable, declining, answer, mounting);
  }

  StubBackend withMounting(StubMounting how) {
    return new StubBackend(name, whyUnavailable, declining, checking, how);
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    return declining.apply(spec);
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    return checking.apply(spec);
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    return mounting.mount(spec);
  }

  @Override
  public List<OverlayMount> mounted() {
    return List.of();
  }
}
