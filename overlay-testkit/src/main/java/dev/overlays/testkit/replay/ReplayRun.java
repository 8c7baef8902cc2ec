package dev.overlays.testkit.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One replay on two sides, from opening the views to closing them. */
final class ReplayRun {
  private final ReplayLayers first;
  private final ReplayLayers second;
  private final ShownFields shown;
  private final int viewsEvery;
  private final List<ReplayStep> done = new ArrayList<>();
  private ViewSnapshot last;

  ReplayRun(ReplayLayers first, ReplayLayers second, ShownFields shown, int viewsEvery) {
    this.first = first;
    this.second = second;
    this.shown = shown;
    this.viewsEvery = viewsEvery;
  }

  /** Opens the views and performs steps until the sides differ. */
  Optional<SideFailure> run(Function<ViewSnapshot, List<ReplayStep>> steps) {
    try (ReplaySide.OpenedView one = first.side().open(first.spec());
        ReplaySide.OpenedView other = second.side().open(second.spec());
        ViewSession left = new ViewSession(one.root(), shown);
        ViewSession right = new ViewSession(other.root(), shown)) {
      Optional<SideFailure> failure = compareViews(left, right, "view of the layers");
      if (failure.isPresent()) {
        return failure;
      }
      for (ReplayStep step : steps.apply(last)) {
        failure = step(left, right, step);
        if (failure.isPresent()) {
          return failure;
        }
      }
      return compareViews(left, right, "view");
    } catch (IOException | RuntimeException e) {
      return Optional.of(SideFailure.thrown(done.size(), "opening and closing", e));
    }
  }

  private Optional<SideFailure> step(ViewSession left, ViewSession right, ReplayStep step)
      throws IOException {
    done.add(step);
    if (left.isUndetermined(step) || right.isUndetermined(step)) {
      return Optional.empty();
    }
    String one = left.perform(step);
    String other = right.perform(step);
    if (!one.equals(other)) {
      return Optional.of(
          SideFailure.of(
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

  private Optional<SideFailure> compareViews(ViewSession left, ViewSession right, String what)
      throws IOException {
    last = left.view();
    return ViewComparison.of(last, right.view())
        .map(
            found ->
                SideFailure.of(
                    done.size(), "view " + found.way(), what + " differs\n" + found.text()));
  }

  /** Returns the performed steps, including the one that failed. */
  List<ReplayStep> done() {
    return done;
  }

  /** Returns the last view of the first side. */
  ViewSnapshot last() {
    return last;
  }
}
