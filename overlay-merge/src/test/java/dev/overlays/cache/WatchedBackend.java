package dev.overlays.cache;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.memory.InMemoryBackend;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The in-memory backend, with actions of a test right before and right after each mount. */
public final class WatchedBackend implements OverlayBackend {
  static final String NAME = "watched";

  /** What acts before and after; it is only available while there is one. */
  record MountActs(Runnable before, Runnable after) {}

  static final AtomicReference<Optional<MountActs>> ACTS = new AtomicReference<>(Optional.empty());

  private final OverlayBackend memory = new InMemoryBackend();

  /** Makes the backend. */
  public WatchedBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<Problem> whyUnavailable() {
    return ACTS.get().isPresent()
        ? Optional.empty()
        : Optional.of(Problem.of(ProblemCode.PLATFORM_UNSUPPORTED, "No test acts.", "Let one."));
  }

  @Override
  public Optional<Problem> whyDeclined(OverlaySpec spec) {
    return memory.whyDeclined(spec);
  }

  @Override
  public List<Problem> check(OverlaySpec spec) {
    return memory.check(spec);
  }

  @Override
  public OverlayMount mount(OverlaySpec spec) throws OverlayException {
    ACTS.get().ifPresent(each -> each.before().run());
    OverlayMount mount = memory.mount(spec);
    ACTS.get().ifPresent(each -> each.after().run());
    return mount;
  }

  @Override
  public List<OverlayMount> mounted() {
    return List.of();
  }
}
