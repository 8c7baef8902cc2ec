package dev.overlays.testkit.layer;

import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Shuffles listings by a seed, to find code that relies on their order. */
final class SeededOrder {
  private final Random random;

  SeededOrder(long seed) {
    random = new Random(seed);
  }

  synchronized void shuffleListing(List<?> sorted) {
    Collections.shuffle(sorted, random);
  }
}
