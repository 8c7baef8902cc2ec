package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects the failures of single instances while the others are processed. */
final class InstanceFailures {
  private final List<OverlayException> all = new ArrayList<>();

  /** A step for one instance. */
  @FunctionalInterface
  interface InstanceStep {
    void run() throws OverlayException;
  }

  /** Runs a step and collects its failure; returns whether it succeeded. */
  boolean runStep(InstanceStep step) {
    try {
      step.run();
      return true;
    } catch (OverlayException e) {
      all.add(e);
      return false;
    }
  }

  void throwAll() throws OverlayException {
    if (!all.isEmpty()) {
      List<Problem> problems = new ArrayList<>();
      all.forEach(failure -> problems.addAll(failure.problems()));
      OverlayException told = new OverlayException(problems, all.get(0));
      all.subList(1, all.size()).forEach(told::addSuppressed);
      throw told;
    }
  }

  static OverlayException accessFailure(Path path, String what, IOException cause) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.CACHE_NOT_ACCESSIBLE,
                path,
                "This part of the shared cache " + what + ": " + cause + ".",
                "Give this process the right to do so; nothing that was written is lost.")),
        cause);
  }
}
