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
    ComparedSide first,
    ComparedSide second,
    LongFunction<OverlayOptions> options,
    Optional<LayerMerge> merge) {

  SidePair(ComparedSide first, ComparedSide second, LongFunction<OverlayOptions> options) {
    this(first, second, options, Optional.empty());
  }

  /** The replay that was performed, and its first failure. */
  record ReplayResult(Replay replay, Optional<ReplayFailure> failure) {}

  /** Performs a replay and compares the views after every step. */
  ReplayResult run(Replay replay) {
    return run(replay, 1, base -> replay.listSteps());
  }

  /** Makes the layers of a replay and performs steps, which are chosen by what the layers show. */
  ReplayResult run(Replay replay, int viewsEvery, Function<ViewSnapshot, List<ReplayStep>> steps) {
    ReplayTimes since = ReplayTimes.startingNow();
    Set<KnownDifference> ignored = ignoredDifferences(replay);
    ShownFields shown = new ShownFields(since, ignored);
    try (ReplayLayers one = makeLayers(first, replay);
        ReplayLayers other = makeLayers(second, replay)) {
      ReplayRun run = new ReplayRun(one, other, shown, viewsEvery);
      Optional<ReplayFailure> failure = run.run(steps);
      if (failure.isEmpty()) {
        failure =
            new FinalLayerCheck(one, other, shown, since, run.doneSteps().size(), merge)
                .compareWith(run.lastView());
      }
      return new ReplayResult(replay.withSteps(run.doneSteps()), failure);
    } catch (IOException | RuntimeException e) {
      return new ReplayResult(
          replay, Optional.of(ReplayFailure.ofException(0, "making the layers", e)));
    }
  }

  ReplayLayers makeLayers(ComparedSide side, Replay replay) throws IOException {
    return ReplayLayers.makeLayers(
        side, replay, options.apply(replay.seed()), ignoredDifferences(replay));
  }

  private Set<KnownDifference> ignoredDifferences(Replay replay) {
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
