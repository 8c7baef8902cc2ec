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
  Optional<ReplayFailure> run(Function<ViewSnapshot, List<ReplayStep>> steps) {
    try (ComparedSide.OpenedView one = first.side().open(first.spec());
        ComparedSide.OpenedView other = second.side().open(second.spec());
        ViewSession left = new ViewSession(one.root(), shown);
        ViewSession right = new ViewSession(other.root(), shown)) {
      Optional<ReplayFailure> failure = compareViews(left, right, "view of the layers");
      if (failure.isPresent()) {
        return failure;
      }
      for (ReplayStep step : steps.apply(last)) {
        failure = runStep(left, right, step);
        if (failure.isPresent()) {
          return failure;
        }
      }
      return compareViews(left, right, "view");
    } catch (IOException | RuntimeException e) {
      return Optional.of(ReplayFailure.ofException(done.size(), "opening and closing", e));
    }
  }

  private Optional<ReplayFailure> runStep(ViewSession left, ViewSession right, ReplayStep step)
      throws IOException {
    done.add(step);
    if (left.isUndetermined(step) || right.isUndetermined(step)) {
      return Optional.empty();
    }
    String one = left.performStep(step);
    String other = right.performStep(step);
    if (!one.equals(other)) {
      return Optional.of(
          ReplayFailure.of(
              done.size(),
              step.getClass().getSimpleName() + ": " + kindOf(one) + ", " + kindOf(other),
              JavaSource.callOf(step) + " has different results\n  - " + one + "\n  + " + other));
    }
    return done.size() % viewsEvery == 0
        ? compareViews(left, right, "view after " + JavaSource.callOf(step))
        : Optional.empty();
  }

  /** Returns a result without details that belong to one replay only. */
  private static String kindOf(String outcome) {
    return outcome.replaceAll("\\(.*\\)|\\d+|crc [0-9a-f]+|=[^,}]*|\\[.*\\]", "");
  }

  private Optional<ReplayFailure> compareViews(ViewSession left, ViewSession right, String what)
      throws IOException {
    last = left.readView();
    return DifferenceText.of(last, right.readView())
        .map(
            found ->
                ReplayFailure.of(
                    done.size(), "view " + found.signature(), what + " differs\n" + found.text()));
  }

  /** Returns the performed steps, including the one that failed. */
  List<ReplayStep> doneSteps() {
    return done;
  }

  /** Returns the last view of the first side. */
  ViewSnapshot lastView() {
    return last;
  }
}
