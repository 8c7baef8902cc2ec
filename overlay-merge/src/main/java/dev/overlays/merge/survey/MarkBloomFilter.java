package dev.overlays.merge.survey;

import dev.overlays.layer.Name;
import dev.overlays.merge.run.TreePlace;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A Bloom filter of the entries of a tree, of fixed size. It has false positives and no false
 * negatives. Thread-safe.
 */
final class MarkBloomFilter {
  private static final int WORDS = 1 << 17;

  private final AtomicLongArray words = new AtomicLongArray(WORDS);

  void addEntry(TreePlace place, Name name) {
    long hash = hashOf(place, name);
    long bits = bitsOf(hash);
    int index = wordIndex(hash);
    long old = words.get(index);
    while ((old & bits) != bits && !words.compareAndSet(index, old, old | bits)) {
      old = words.get(index);
    }
  }

  boolean mayContain(TreePlace place, Name name) {
    long hash = hashOf(place, name);
    long bits = bitsOf(hash);
    return (words.get(wordIndex(hash)) & bits) == bits;
  }

  private static long hashOf(TreePlace place, Name name) {
    long hash = place.pathHash() * 31 + name.hashCode();
    hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
    return hash ^ (hash >>> 29);
  }

  /** Three bits of one word, so that one memory access is enough. */
  private static long bitsOf(long hash) {
    return (1L << hash) | (1L << (hash >>> 6)) | (1L << (hash >>> 12));
  }

  private static int wordIndex(long hash) {
    return (int) (hash >>> 40) & (WORDS - 1);
  }
}
