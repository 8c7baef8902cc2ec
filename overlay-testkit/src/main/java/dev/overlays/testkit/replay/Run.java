package dev.overlays.testkit.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One replay on two sides, from opening the views to closing them. */
final class Run {
  private final Layers first;
  private final Layers second;
  private final Shown shown;
  private final int viewsEvery;
  private final List<Step> done = new ArrayList<>();
  private View last;

  Run(Layers first, Layers second, Shown shown, int viewsEvery) {
    this.first = first;
    this.second = second;
    this.shown = shown;
    this.viewsEvery = viewsEvery;
  }

  /** Opens the views and performs steps until the sides differ. */
  Optional<Failure> run(Function<View, List<Step>> steps) {
    try (Side.Opened one = first.side().open(first.spec());
        Side.Opened other = second.side().open(second.spec());
        Session left = new Session(one.root(), shown);
        Session right = new Session(other.root(), shown)) {
      Optional<Failure> failure = compareViews(left, right, "view of the layers");
      if (failure.isPresent()) {
        return failure;
      }
      for (Step step : steps.apply(last)) {
        failure = step(left, right, step);
        if (failure.isPresent()) {
          return failure;
        }
      }
      return compareViews(left, right, "view");
    } catch (IOException | RuntimeException e) {
      return Optional.of(Failure.thrown(done.size(), "opening and closing", e));
    }
  }

  private Optional<Failure> step(Session left, Session right, Step step) throws IOException {
    done.add(step);
    if (left.isUndetermined(step) || right.isUndetermined(step)) {
      return Optional.empty();
    }
    String one = left.perform(step);
    String other = right.perform(step);
    if (!one.equals(other)) {
      return Optional.of(
          Failure.of(
              done.size(),
              step.getClass().getSimpleName() + ": " + kind(one) + ", " + kind(other),
              JavaSource.call(step) + " has different results\n  - " + one + "\n  + " + other));
    }
    return done.size() % viewsEvery == 0
        ? compareViews(left, right, "view after " + JavaSource.call(step))
        : Optional.empty();
  }

  /** Returns a result without details that belong to one replay only. */
  private static String kind(String outcome) {
    return outcome.replaceAll("\\(.*\\)|\\d+|crc [0-9a-f]+|=[^,}]*|\\[.*\\]", "");
  }

  private Optional<Failure> compareViews(Session left, Session right, String what)
      throws IOException {
    last = left.view();
    return Comparison.of(last, right.view())
        .map(
            found ->
                Failure.of(done.size(), "view " + found.way(), what + " differs\n" + found.text()));
  }

  /** Returns the performed steps, including the one that failed. */
  List<Step> done() {
    return done;
  }

  /** Returns the last view of the first side. */
  View last() {
    return last;
  }
}
