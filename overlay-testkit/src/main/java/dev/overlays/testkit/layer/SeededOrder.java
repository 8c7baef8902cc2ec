package dev.overlays.testkit.layer;

import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Gives listings an order that depends on a seed only, since nobody may rely on any order. */
final class SeededOrder {
  private final Random random;

  SeededOrder(long seed) {
    random = new Random(seed);
  }

  synchronized void shuffle(List<?> sorted) {
    Collections.shuffle(sorted, random);
  }
}
