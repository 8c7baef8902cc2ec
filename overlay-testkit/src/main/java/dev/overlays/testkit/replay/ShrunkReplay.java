package dev.overlays.testkit.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Searches for the shortest replay with the smallest layers that fails with the same signature. */
final class ShrunkReplay {
  private static final int TRIES = 2000;

  private ShrunkReplay() {}

  static Difference of(SidePair pair, Replay replay, SideFailure failure) {
    SidePair.ReplayResult strict = pair.run(replay);
    if (strict.failure().isEmpty()) {
      return told(pair, replay, failure);
    }
    String way = strict.failure().get().way();
    Predicate<Replay> wanted =
        shorter -> pair.run(shorter).failure().filter(found -> found.way().equals(way)).isPresent();
    ListShrinker shrinker = new ListShrinker(TRIES);
    Replay shortest = strict.replay();
    shortest = steps(shrinker, shortest, wanted);
    shortest = layers(shrinker, shortest, wanted, entries(pair, shortest));
    shortest = steps(shrinker, shortest, wanted);
    Optional<SideFailure> last = pair.run(shortest).failure();
    return told(pair, shortest, last.orElse(failure));
  }

  private static Replay steps(ListShrinker shrinker, Replay replay, Predicate<Replay> wanted) {
    return replay.withSteps(
        shrinker.shrink(replay.steps(), steps -> wanted.test(replay.withSteps(steps))));
  }

  private static Replay layers(
      ListShrinker shrinker, Replay replay, Predicate<Replay> wanted, List<String> entries) {
    List<String> all = entries.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    List<String> kept =
        shrinker.shrink(all, some -> wanted.test(replay.withMissing(missing(all, some))));
    return replay.withMissing(missing(all, kept));
  }

  /** Returns the removed entries, without those inside other removed entries. */
  private static List<String> missing(List<String> all, List<String> kept) {
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
  private static List<String> entries(SidePair pair, Replay replay) {
    try (ReplayLayers layers = pair.layers(pair.first(), replay)) {
      return layers.entries();
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
  }

  static Difference told(SidePair pair, Replay replay, SideFailure failure) {
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
            + String.join("\n  ", entries(pair, replay));
    return new Difference(replay, failure.way(), text);
  }
}
