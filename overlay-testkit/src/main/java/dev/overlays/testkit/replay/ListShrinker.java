package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a list shorter as long as it does what it is wanted for: takes out all, halves, quarters
 * and so on down to single elements, from the end on, until no single one can be missed.
 */
final class ListShrinker {
  private int tries;

  ListShrinker(int tries) {
    this.tries = tries;
  }

  /** Returns a part of the list that is still wanted, or the list itself. */
  <T> List<T> shrink(List<T> list, Predicate<List<T>> wanted) {
    List<T> shortest = list;
    int chunk = Math.max(1, list.size());
    while (true) {
      int before = shortest.size();
      for (int end = before; end > 0; end -= chunk) {
        List<T> shorter = new ArrayList<>(shortest);
        shorter.subList(Math.max(0, end - chunk), Math.min(end, shorter.size())).clear();
        if (tries-- > 0 && wanted.test(shorter)) {
          shortest = shorter;
        }
      }
      if (tries <= 0 || (chunk == 1 && shortest.size() == before)) {
        return shortest;
      }
      chunk = Math.max(1, Math.min(chunk / 2, shortest.size()));
    }
  }
}
