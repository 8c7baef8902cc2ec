package dev.overlays.merge.survey;

import dev.overlays.layer.Name;
import dev.overlays.merge.run.TreePlace;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A Bloom filter of the entries of a tree, of limited size. It has false positives and no false
 * negatives. Thread-safe.
 */
final class MarkBloomFilter {
  private static final int WORDS = 1 << 17;

  /** The first entries go to a small filter: most uppers have no more, and a large one is slow. */
  private static final int FIRST_WORDS = 1 << 13;

  private static final int FIRST_ENTRIES = 1 << 12;

  private final AtomicInteger firstEntries = new AtomicInteger();
  private final AtomicLongArray first = new AtomicLongArray(FIRST_WORDS);
  private volatile AtomicLongArray others;

  void addEntry(TreePlace place, Name name) {
    long hash = hashOf(place, name);
    AtomicLongArray words = wordsForNext();
    long bits = bitsOf(hash);
    int index = wordIndex(words, hash);
    long old = words.get(index);
    while ((old & bits) != bits && !words.compareAndSet(index, old, old | bits)) {
      old = words.get(index);
    }
  }

  private AtomicLongArray wordsForNext() {
    AtomicLongArray large = others;
    if (large != null) {
      return large;
    }
    return firstEntries.incrementAndGet() <= FIRST_ENTRIES ? first : makeLarge();
  }

  private synchronized AtomicLongArray makeLarge() {
    if (others == null) {
      others = new AtomicLongArray(WORDS);
    }
    return others;
  }

  boolean mayContain(TreePlace place, Name name) {
    long hash = hashOf(place, name);
    AtomicLongArray large = others;
    return mayContain(first, hash) || (large != null && mayContain(large, hash));
  }

  private static boolean mayContain(AtomicLongArray words, long hash) {
    long bits = bitsOf(hash);
    return (words.get(wordIndex(words, hash)) & bits) == bits;
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

  private static int wordIndex(AtomicLongArray words, long hash) {
    return (int) (hash >>> 40) & (words.length() - 1);
  }
}
