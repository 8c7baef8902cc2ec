package dev.overlays.merge;

import dev.overlays.layer.Name;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of entries of a tree in memory of a fixed size. Now and then it takes an entry for one that
 * it has; never the other way round. Several threads may use it.
 */
final class MarkFilter {
  private static final int BITS = 1 << 23;
  private static final int PROBES = 3;

  private final AtomicLongArray words = new AtomicLongArray(BITS / Long.SIZE);

  void add(Place place, Name name) {
    long hash = hash(place, name);
    for (int i = 0; i < PROBES; i++) {
      int bit = bit(hash, i);
      words.getAndUpdate(bit >> 6, word -> word | (1L << bit));
    }
  }

  boolean mayHave(Place place, Name name) {
    long hash = hash(place, name);
    for (int i = 0; i < PROBES; i++) {
      int bit = bit(hash, i);
      if ((words.get(bit >> 6) & (1L << bit)) == 0) {
        return false;
      }
    }
    return true;
  }

  private static long hash(Place place, Name name) {
    long hash = place.pathHash() * 31 + name.hashCode();
    hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
    return hash ^ (hash >>> 29);
  }

  private static int bit(long hash, int probe) {
    return (int) (hash >>> (probe * 20)) & (BITS - 1);
  }
}
