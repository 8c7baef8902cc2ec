package dev.overlays.testkit.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListShrinkerTest {
  private static final List<Integer> NUMBERS = IntStream.range(0, 200).boxed().toList();

  @Test
  void whatIsNeededTogetherIsLeft() {
    List<Integer> needed = List.of(17, 18, 103, 199);
    assertEquals(
        needed, new ListShrinker(1000).shrinkList(NUMBERS, list -> list.containsAll(needed)));
  }

  @Test
  void nothingIsLeftOfWhatIsNotNeeded() {
    assertEquals(List.of(), new ListShrinker(1).shrinkList(NUMBERS, list -> true));
  }

  @Test
  void aListThatCannotBeShorterStays() {
    assertEquals(NUMBERS, new ListShrinker(10_000).shrinkList(NUMBERS, NUMBERS::equals));
  }

  /** An element can be removed only after all elements before it; each round removes one. */
  @Test
  void thereIsAnotherRoundAsLongAsOneGoes() {
    List<Integer> list = List.of(1, 2, 3, 4, 5);
    assertEquals(
        List.of(5),
        new ListShrinker(1000)
            .shrinkList(
                list,
                shorter ->
                    shorter.equals(IntStream.rangeClosed(6 - shorter.size(), 5).boxed().toList())
                        && !shorter.isEmpty()));
  }

  @Test
  void triesAreLimited() {
    int[] tries = {0};
    new ListShrinker(50)
        .shrinkList(
            NUMBERS,
            list -> {
              tries[0]++;
              return false;
            });
    assertEquals(50, tries[0]);
  }
}
