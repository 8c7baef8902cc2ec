package dev.overlays.merge.oci;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Limits the memory of the listings of all open directories. When they exceed it, the listings of
 * the outermost directories drop their entries and list them again when they are needed.
 */
final class NameMemory {
  private static final long LEAST = 1 << 20;
  private static final int PART_OF_HEAP = 16;

  private final long most;
  private final Deque<SortedEntries> open = new ArrayDeque<>();
  private long held;

  /** Limits the memory to a part of the JVM's largest heap. */
  NameMemory() {
    this(Math.max(LEAST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  /** Limits the memory to a number of bytes. */
  NameMemory(long most) {
    this.most = most;
  }

  /** Returns how many bytes one listing may take. */
  long fairShare() {
    return most / 2;
  }

  /** Returns how many bytes the listings take now. */
  long bytesHeld() {
    return held;
  }

  void open(SortedEntries entries) {
    open.addLast(entries);
  }

  /** Counts the entries of a listing, and makes room for them at the cost of other listings. */
  void takeFor(SortedEntries reader, long bytes) {
    held += bytes;
    Iterator<SortedEntries> outermost = open.iterator();
    while (held > most && outermost.hasNext()) {
      SortedEntries other = outermost.next();
      if (other != reader && !other.isCollecting()) {
        other.forgetNames();
      }
    }
  }

  void giveBack(long bytes) {
    held -= bytes;
  }

  void close(SortedEntries entries) {
    entries.forgetNames();
    open.removeLastOccurrence(entries);
  }
}
