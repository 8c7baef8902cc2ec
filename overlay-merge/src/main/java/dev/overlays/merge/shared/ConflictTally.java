package dev.overlays.merge.shared;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.ConflictKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts conflicts and keeps the first ones. */
final class ConflictTally {
  private static final int MOST_EXAMPLES = 100;

  private final Map<ConflictKind, Long> counts = new EnumMap<>(ConflictKind.class);
  private final List<Conflict> examples = new ArrayList<>();

  void addConflict(Conflict conflict) {
    counts.merge(conflict.kind(), 1L, Long::sum);
    if (examples.size() < MOST_EXAMPLES) {
      examples.add(conflict);
    }
  }

  Map<ConflictKind, Long> countsByKind() {
    return counts;
  }

  List<Conflict> firstConflicts() {
    return examples;
  }

  void refuseAny() throws OverlayException {
    if (!examples.isEmpty()) {
      throw new OverlayException(examples.stream().map(ConflictTally::conflictProblem).toList());
    }
  }

  private static Problem conflictProblem(Conflict conflict) {
    String what =
        conflict.kind() == ConflictKind.DELETED
            ? "was deleted in it, but is still shown over the upper "
            : "was changed in it, and differently in the upper ";
    return new Problem(
        ProblemCode.MERGE_CONFLICT,
        Optional.of(conflict.first()),
        "\"" + conflict.path() + "\" " + what + conflict.second() + ".",
        "Choose another policy, exclude the path, or make the instances agree.");
  }
}
