package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class FirstProblemsTest {
  private static Problem problemAt(int number, ProblemCode code, String message) {
    return Problem.of(code, Path.of(String.format("/layer/%05d", number)), message, "remedy");
  }

  @RepeatedTest(10)
  void orderInWhichProblemsAreFoundDoesNotMatter() {
    long seed = new Random().nextLong();
    List<Problem> all = new ArrayList<>();
    for (int i = 0; i < FirstProblems.MOST_KEPT / 2; i++) {
      all.add(problemAt(i, ProblemCode.MARK_STRAY, "a"));
      all.add(problemAt(i, ProblemCode.MARK_STRAY, "b"));
      all.add(problemAt(i, ProblemCode.WHITEOUT_ORPHAN, "a"));
    }
    List<Problem> expected =
        all.stream()
            .sorted(
                (one, two) -> {
                  int byPath = one.path().toString().compareTo(two.path().toString());
                  int byCode = one.code().compareTo(two.code());
                  int byMessage = one.message().compareTo(two.message());
                  return byPath != 0 ? byPath : byCode != 0 ? byCode : byMessage;
                })
            .limit(FirstProblems.MOST_KEPT)
            .toList();
    Collections.shuffle(all, new Random(seed));
    FirstProblems first = new FirstProblems();
    all.forEach(first::addProblem);
    assertEquals(expected, first.sortedProblems(), () -> "seed " + seed);
  }

  @Test
  void problemFoundTwiceIsKeptOnce() {
    FirstProblems first = new FirstProblems();
    first.addProblem(problemAt(1, ProblemCode.MARK_STRAY, "a"));
    first.addProblem(problemAt(1, ProblemCode.MARK_STRAY, "a"));
    assertEquals(1, first.sortedProblems().size());
  }

  @Test
  void problemWithoutAPathComesFirst() {
    Problem general = new Problem(ProblemCode.MERGE_STOPPED, Optional.empty(), "a", "b");
    FirstProblems first = new FirstProblems();
    first.addProblem(problemAt(0, ProblemCode.MARK_STRAY, "a"));
    first.addProblem(general);
    assertEquals(general, first.sortedProblems().get(0));
  }
}
