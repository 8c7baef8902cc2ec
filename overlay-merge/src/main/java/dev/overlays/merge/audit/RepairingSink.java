package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.merge.run.FirstProblems;
import dev.overlays.merge.run.LayerCheck;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Repairs each problem as soon as it is found, and keeps what is left. */
public final class RepairingSink implements ProblemSink {
  private final long start = System.nanoTime();
  private final MarkNamespace marks;
  private final Map<ProblemCode, Long> repaired = new EnumMap<>(ProblemCode.class);
  private final FirstProblems left = new FirstProblems();

  public RepairingSink(MarkNamespace marks) {
    this.marks = marks;
  }

  @Override
  public void foundProblem(Problem problem, ProblemRepair repair) throws IOException {
    if (repair == null) {
      left.addProblem(problem);
      return;
    }
    try {
      repair.makeRepair();
      repaired.merge(problem.code(), 1L, Long::sum);
    } catch (FileSystemException e) {
      left.addProblem(failedRepair(problem, e));
    }
  }

  /**
   * Leaves a layer alone in which no mark may be changed. It is read-only, or its marks may not be
   * seen either: without them a whiteout in a renamed directory looks as if it hid nothing.
   */
  @Override
  public ProblemSink sinkIn(LayerDirectory layer) throws IOException {
    try {
      // A mark that the root of a layer never has.
      layer.removeXattr(Name.SELF, Mark.MERGE_COPY.xattr(marks));
      return this;
    } catch (FileSystemException e) {
      return (problem, repair) ->
          left.addProblem(repair == null ? problem : failedRepair(problem, e));
    }
  }

  private static Problem failedRepair(Problem problem, FileSystemException e) {
    return new Problem(
        problem.code(),
        problem.path(),
        problem.message() + " It could not be repaired: " + LayerCheck.reasonOf(e) + ".",
        problem.remedy());
  }

  public RepairReport repairReport() {
    return new RepairReport(
        repaired, left.sortedProblems(), Duration.ofNanos(System.nanoTime() - start));
  }
}
