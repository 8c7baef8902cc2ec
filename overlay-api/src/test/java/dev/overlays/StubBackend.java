package dev.overlays;

import dev.overlays.spi.OverlayBackend;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A backend that mounts nothing. */
record StubBackend(
    String name,
    int priority,
    Supplier<Optional<Problem>> reason,
    Supplier<Optional<Problem>> refusal)
    implements OverlayBackend {

  @Override
  public Optional<Problem> unavailable() {
    return reason.get();
  }

  @Override
  public Optional<Problem> declines(OverlaySpec spec) {
    return refusal.get();
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    return List.of();
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
