package dev.overlays.cli;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import java.util.ArrayList;
import java.util.List;

/** Does something with each of several instances; if it fails with one, the others come, too. */
final class InstanceSteps {
  private final List<Problem> problems = new ArrayList<>();

  /** What is done with an instance. */
  @FunctionalInterface
  interface InstanceStep {
    void run(String name) throws OverlayException;
  }

  private InstanceSteps() {}

  /** Runs the step for each name; throws the problems of all that have failed. */
  static void runForAll(List<String> names, InstanceStep step) throws OverlayException {
    InstanceSteps steps = new InstanceSteps();
    for (String name : names) {
      steps.runFor(name, step);
    }
    if (!steps.problems.isEmpty()) {
      throw new OverlayException(steps.problems);
    }
  }

  private void runFor(String name, InstanceStep step) {
    try {
      step.run(name);
    } catch (OverlayException e) {
      problems.addAll(e.problems());
    }
  }
}
