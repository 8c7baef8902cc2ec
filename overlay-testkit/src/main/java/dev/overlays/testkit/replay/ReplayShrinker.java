package dev.overlays.testkit.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Searches for the shortest replay with the smallest layers that fails with the same signature. */
final class ReplayShrinker {
  private static final int TRIES = 2000;

  private ReplayShrinker() {}

  static FoundDifference shrinkFailure(SidePair pair, Replay replay, ReplayFailure failure) {
    SidePair.ReplayResult strict = pair.run(replay);
    if (strict.failure().isEmpty()) {
      return describeFailure(pair, replay, failure);
    }
    String way = strict.failure().get().signature();
    Predicate<Replay> wanted =
        shorter ->
            pair.run(shorter).failure().filter(found -> found.signature().equals(way)).isPresent();
    ListShrinker shrinker = new ListShrinker(TRIES);
    Replay shortest = strict.replay();
    shortest = shrinkSteps(shrinker, shortest, wanted);
    shortest = shrinkLayers(shrinker, shortest, wanted, layerEntries(pair, shortest));
    shortest = shrinkSteps(shrinker, shortest, wanted);
    Optional<ReplayFailure> last = pair.run(shortest).failure();
    return describeFailure(pair, shortest, last.orElse(failure));
  }

  private static Replay shrinkSteps(
      ListShrinker shrinker, Replay replay, Predicate<Replay> wanted) {
    return replay.withSteps(
        shrinker.shrinkList(replay.listSteps(), steps -> wanted.test(replay.withSteps(steps))));
  }

  private static Replay shrinkLayers(
      ListShrinker shrinker, Replay replay, Predicate<Replay> wanted, List<String> entries) {
    List<String> all = entries.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    List<String> kept =
        shrinker.shrinkList(
            all, some -> wanted.test(replay.withMissing(missingEntries(all, some))));
    return replay.withMissing(missingEntries(all, kept));
  }

  /** Returns the removed entries, without those inside other removed entries. */
  private static List<String> missingEntries(List<String> all, List<String> kept) {
    List<String> missing = new ArrayList<>();
    for (String entry : all) {
      if (!kept.contains(entry)
          && missing.stream().noneMatch(outer -> entry.startsWith(outer + "/"))) {
        missing.add(entry);
      }
    }
    return missing;
  }

  /** Returns the entries of the layers before the first step. */
  private static List<String> layerEntries(SidePair pair, Replay replay) {
    try (ReplayLayers layers = pair.makeLayers(pair.first(), replay)) {
      return layers.listEntries();
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
  }

  static FoundDifference describeFailure(SidePair pair, Replay replay, ReplayFailure failure) {
    String text =
        "seed "
            + replay.seed()
            + ", "
            + pair.first()
            + " (-) and "
            + pair.second()
            + " (+) differ after "
            + failure.steps()
            + " operations: "
            + failure.text()
            + "\noptions: "
            + pair.options().apply(replay.seed())
            + "\nlayers:\n  "
            + String.join("\n  ", layerEntries(pair, replay));
    return new FoundDifference(replay, failure.signature(), text);
  }
}
