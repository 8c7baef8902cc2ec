package dev.overlays.merge.oci;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * How much memory the listings of all open directories take. When that becomes too much, those of
 * the outermost directories forget what they have; they read it again when it is their turn.
 */
final class NameMemory {
  private static final long LEAST = 1 << 20;
  private static final int PART_OF_HEAP = 16;

  private final long most;
  private final Deque<SortedEntries> open = new ArrayDeque<>();
  private long held;

  /** A part of the heap that this JVM may have. */
  NameMemory() {
    this(Math.max(LEAST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  /** So many bytes. */
  NameMemory(long most) {
    this.most = most;
  }

  /** How many bytes one listing may take. */
  long fairShare() {
    return most / 2;
  }

  /** How many bytes the listings take now. */
  long bytesHeld() {
    return held;
  }

  void open(SortedEntries entries) {
    open.addLast(entries);
  }

  /** Counts what a listing has read, and makes room for it at the cost of others. */
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
