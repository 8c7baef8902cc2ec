package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Shortens a list as long as a condition holds. It removes everything, then halves, quarters and so
 * on down to single elements, each time from the end, until no single element can be removed.
 */
final class ListShrinker {
  private int tries;

  ListShrinker(int tries) {
    this.tries = tries;
  }

  /** Returns a part of the list for which the condition holds, or the list itself. */
  <T> List<T> shrinkList(List<T> list, Predicate<List<T>> wanted) {
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
