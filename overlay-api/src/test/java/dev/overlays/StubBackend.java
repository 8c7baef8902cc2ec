package dev.overlays;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A backend that mounts nothing. */
record StubBackend(
    String name,
    int priority,
    Supplier<Optional<Problem>> unavailability,
    Supplier<Optional<Problem>> refusal,
    Supplier<Optional<Problem>> unnamedRefusal,
    List<Problem> checkProblems)
    implements OverlayBackend {

  StubBackend(
      String name,
      int priority,
      Supplier<Optional<Problem>> reason,
      Supplier<Optional<Problem>> refusal) {
    this(name, priority, reason, refusal, Optional::empty, List.of());
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    return unavailability.get();
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    return refusal.get();
  }

  @Override
  public Optional<Problem> declinesByDefault(OverlaySpec spec) {
    return refusal.get().or(unnamedRefusal);
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    return checkProblems;
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public List<OverlayMount> mounted() {
    return List.of();
  }
}
