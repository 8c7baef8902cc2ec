package dev.overlays.merge.oci.export;

import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Entries of a directory, sorted by the bytes of their names. If a directory is too large for the
 * memory, only the first entries are kept; the next ones are collected when the directory is listed
 * again.
 */
final class SortedEntries {
  private static final Comparator<ShownEntry> BY_BYTES =
      (one, two) -> one.name().compareBytes(two.name());

  /** The approximate heap sizes of a name and of an entry's stat. */
  private static final int NAME_BYTES = 100;

  private static final int STAT_BYTES = 200;

  private final ListingMemory memory;
  private List<ShownEntry> entries = new ArrayList<>();
  private int nextIndex;
  private long bytes;
  private boolean keepsStats = true;
  private boolean incomplete = true;
  private boolean collecting;
  private Name lastTaken;
  private Name upperBound;

  SortedEntries(ListingMemory memory) {
    this.memory = memory;
    memory.addListing(this);
  }

  /** Whether the directory must be listed before more entries can be taken. */
  boolean needsListing() {
    return nextIndex == entries.size() && incomplete;
  }

  /** Begins to collect the entries that come after those taken so far. */
  void beginListing() {
    forgetRest();
    entries = new ArrayList<>();
    incomplete = false;
    collecting = true;
    upperBound = null;
  }

  /** Whether an entry of this name would be collected now. */
  boolean wantsName(Name name) {
    return collecting
        && (lastTaken == null || name.compareBytes(lastTaken) > 0)
        && (upperBound == null || name.compareBytes(upperBound) < 0);
  }

  /** Whether the stat of each entry is kept, too. */
  boolean keepsStats() {
    return keepsStats;
  }

  boolean isCollecting() {
    return collecting;
  }

  /** Collects an entry. */
  void addEntry(ShownEntry entry) {
    if (!wantsName(entry.name())) {
      return;
    }
    entries.add(keepsStats ? entry : withoutStat(entry));
    bytes += heapBytes(entry);
    if (bytes > memory.bytesPerListing()) {
      shrinkEntries();
    }
  }

  private long heapBytes(ShownEntry entry) {
    return (keepsStats ? NAME_BYTES + STAT_BYTES : NAME_BYTES) + (long) entry.name().length();
  }

  private static ShownEntry withoutStat(ShownEntry entry) {
    return new ShownEntry(entry.layer(), entry.directory(), entry.name(), null);
  }

  /**
   * Drops the stats of the entries first, because they can be read again; after that the last half
   * of the entries.
   */
  private void shrinkEntries() {
    if (keepsStats) {
      keepsStats = false;
      entries.replaceAll(SortedEntries::withoutStat);
    } else if (entries.size() > 1) {
      entries.sort(BY_BYTES);
      int half = entries.size() / 2;
      upperBound = entries.get(half).name();
      entries = new ArrayList<>(entries.subList(0, half));
      incomplete = true;
    }
    bytes = entries.stream().mapToLong(this::heapBytes).sum();
  }

  /** Ends a listing. */
  void endListing() {
    if (collecting) {
      collecting = false;
      entries.sort(BY_BYTES);
      memory.countBytes(this, bytes);
    }
  }

  /**
   * Takes the next entry.
   *
   * @return the entry, without a stat if that must be read again; null at the end
   */
  ShownEntry takeNext() {
    if (nextIndex == entries.size()) {
      return null;
    }
    ShownEntry entry = entries.get(nextIndex++);
    lastTaken = entry.name();
    return entry;
  }

  /** Drops the entries that have not been taken. They are listed again when they are needed. */
  void forgetRest() {
    incomplete |= nextIndex < entries.size();
    memory.releaseBytes(bytes);
    entries = List.of();
    nextIndex = 0;
    bytes = 0;
  }
}
