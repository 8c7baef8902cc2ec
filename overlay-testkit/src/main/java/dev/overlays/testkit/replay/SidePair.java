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
record SidePair(
    ReplaySide first,
    ReplaySide second,
    LongFunction<OverlayOptions> options,
    Optional<LayerMerge> merge) {

  SidePair(ReplaySide first, ReplaySide second, LongFunction<OverlayOptions> options) {
    this(first, second, options, Optional.empty());
  }

  /** The replay that was performed, and its first failure. */
  record ReplayResult(Replay replay, Optional<SideFailure> failure) {}

  /** Performs a replay and compares the views after every step. */
  ReplayResult run(Replay replay) {
    return run(replay, 1, base -> replay.steps());
  }

  /** Makes the layers of a replay and performs steps, which are chosen by what the layers show. */
  ReplayResult run(Replay replay, int viewsEvery, Function<ViewSnapshot, List<ReplayStep>> steps) {
    RelativeTimes since = RelativeTimes.now();
    Set<KnownDifference> ignored = ignored(replay);
    ShownFields shown = new ShownFields(since, ignored);
    try (ReplayLayers one = layers(first, replay);
        ReplayLayers other = layers(second, replay)) {
      ReplayRun run = new ReplayRun(one, other, shown, viewsEvery);
      Optional<SideFailure> failure = run.run(steps);
      if (failure.isEmpty()) {
        failure =
            new LayerAftermath(one, other, shown, since, run.done().size(), merge)
                .compare(run.last());
      }
      return new ReplayResult(replay.withSteps(run.done()), failure);
    } catch (IOException | RuntimeException e) {
      return new ReplayResult(replay, Optional.of(SideFailure.thrown(0, "making the layers", e)));
    }
  }

  ReplayLayers layers(ReplaySide side, Replay replay) throws IOException {
    return ReplayLayers.make(side, replay, options.apply(replay.seed()), ignored(replay));
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
