package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.merge.run.FirstProblems;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.commons.io.function.IORunnable;

/** Repairs each problem as soon as it is found, and keeps the problems that are left. */
public final class RepairingHandler implements ProblemHandler {
  private final long start = System.nanoTime();
  private final MarkNamespace marks;
  private final Map<ProblemCode, Long> repaired = new EnumMap<>(ProblemCode.class);
  private final FirstProblems left = new FirstProblems();

  public RepairingHandler(MarkNamespace marks) {
    this.marks = marks;
  }

  @Override
  public void handleProblem(Problem problem, IORunnable repair) throws IOException {
    if (repair == null) {
      left.addProblem(problem);
      return;
    }
    try {
      repair.run();
      repaired.merge(problem.code(), 1L, Long::sum);
    } catch (FileSystemException e) {
      left.addProblem(failedProblem(problem, e));
    }
  }

  /**
   * Leaves a layer unchanged in which marks cannot be removed. It is read-only, or its marks may
   * not be readable either: without them a whiteout in a renamed directory seems to hide nothing.
   */
  @Override
  public ProblemHandler forLayer(LayerDirectory layer) throws IOException {
    try {
      // The root of a layer never has this mark.
      layer.removeXattr(Name.SELF, Mark.MERGE_COPY.xattr(marks));
      return this;
    } catch (FileSystemException e) {
      return (problem, repair) ->
          left.addProblem(repair == null ? problem : failedProblem(problem, e));
    }
  }

  private static Problem failedProblem(Problem problem, FileSystemException e) {
    return new Problem(
        problem.code(),
        problem.path(),
        problem.message() + " It could not be repaired: " + LayerEntries.reasonOf(e) + ".",
        problem.remedy());
  }

  public RepairReport createReport() {
    return new RepairReport(
        repaired, left.sortedProblems(), Duration.ofNanos(System.nanoTime() - start));
  }
}
