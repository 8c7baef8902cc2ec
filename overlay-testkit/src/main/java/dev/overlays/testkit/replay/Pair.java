package dev.overlays.testkit.replay;

import dev.overlays.OverlayOptions;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;

/** Two sides, the options for each seed, and an optional merge of their layers at the end. */
record Pair(
    Side first, Side second, LongFunction<OverlayOptions> options, Optional<LayerMerge> merge) {

  Pair(Side first, Side second, LongFunction<OverlayOptions> options) {
    this(first, second, options, Optional.empty());
  }

  /** The replay that was performed, and its first failure. */
  record Result(Replay replay, Optional<Failure> failure) {}

  /** Performs a replay and compares the views after every step. */
  Result run(Replay replay) {
    return run(replay, 1, base -> replay.steps());
  }

  /** Makes the layers of a replay and performs steps, which are chosen by what the layers show. */
  Result run(Replay replay, int viewsEvery, Function<View, List<Step>> steps) {
    Since since = Since.now();
    Set<KnownDifference> ignored = ignored(replay);
    Shown shown = new Shown(since, ignored);
    try (Layers one = layers(first, replay);
        Layers other = layers(second, replay)) {
      Run run = new Run(one, other, shown, viewsEvery);
      Optional<Failure> failure = run.run(steps);
      if (failure.isEmpty()) {
        failure =
            new Aftermath(one, other, shown, since, run.done().size(), merge).compare(run.last());
      }
      return new Result(replay.withSteps(run.done()), failure);
    } catch (IOException | RuntimeException e) {
      return new Result(replay, Optional.of(Failure.thrown(0, "making the layers", e)));
    }
  }

  Layers layers(Side side, Replay replay) throws IOException {
    return Layers.make(side, replay, options.apply(replay.seed()), ignored(replay));
  }

  private Set<KnownDifference> ignored(Replay replay) {
    Set<KnownDifference> ignored = EnumSet.noneOf(KnownDifference.class);
    ignored.addAll(first.knownDifferences());
    ignored.addAll(second.knownDifferences());
    OverlayOptions asked = options.apply(replay.seed());
    if (!asked.metacopy()) {
      ignored.remove(KnownDifference.METACOPY_IDENTITY);
    }
    if (Runtime.version().feature() == 17) {
      ignored.remove(KnownDifference.NEWER_JDK);
    }
    if (!asked.userXattr()) {
      ignored.remove(KnownDifference.NODE_IDENTITY);
    }
    return ignored;
  }
}
