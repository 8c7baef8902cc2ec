package dev.overlays.merge.oci.export;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Limits the memory of the listings of all open directories. When they exceed it, the listings of
 * the outermost directories drop their entries and list them again when they are needed.
 */
public final class ListingMemory {
  private static final long LEAST = 1 << 20;
  private static final int PART_OF_HEAP = 16;

  private final long byteLimit;
  private final Deque<SortedEntries> openListings = new ArrayDeque<>();
  private long heldBytes;

  /** Limits the memory to a part of the JVM's largest heap. */
  public ListingMemory() {
    this(Math.max(LEAST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  /** Limits the memory to a number of bytes. */
  ListingMemory(long most) {
    this.byteLimit = most;
  }

  /** Returns how many bytes one listing may take. */
  long bytesPerListing() {
    return byteLimit / 2;
  }

  /** Returns how many bytes the listings take now. */
  long heldBytes() {
    return heldBytes;
  }

  void addListing(SortedEntries entries) {
    openListings.addLast(entries);
  }

  /** Counts the entries of a listing, and makes room for them at the cost of other listings. */
  void countBytes(SortedEntries reader, long bytes) {
    heldBytes += bytes;
    Iterator<SortedEntries> outermost = openListings.iterator();
    while (heldBytes > byteLimit && outermost.hasNext()) {
      SortedEntries other = outermost.next();
      if (other != reader && !other.isCollecting()) {
        other.forgetRest();
      }
    }
  }

  void releaseBytes(long bytes) {
    heldBytes -= bytes;
  }

  void closeListing(SortedEntries entries) {
    entries.forgetRest();
    openListings.removeLastOccurrence(entries);
  }
}
