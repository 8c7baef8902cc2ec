package dev.overlays.merge.oci;

import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Entries of a directory, sorted by the bytes of their names. If a directory is too large for the
 * memory, only the first entries are kept; the next ones are collected when the directory is listed
 * again.
 */
final class SortedEntries {
  private static final Comparator<ShownEntry> BY_BYTES =
      (one, two) -> compareNames(one.name(), two.name());

  /** The approximate heap sizes of a name and of an entry's stat. */
  private static final int NAME_BYTES = 100;

  private static final int STAT_BYTES = 200;

  private final NameMemory memory;
  private List<ShownEntry> entries = new ArrayList<>();
  private int next;
  private long bytes;
  private boolean withStats = true;
  private boolean incomplete = true;
  private boolean collecting;
  private Name last;
  private Name bound;

  SortedEntries(NameMemory memory) {
    this.memory = memory;
    memory.open(this);
  }

  private static int compareNames(Name one, Name two) {
    return Arrays.compareUnsigned(one.toBytes(), two.toBytes());
  }

  /** Whether the directory must be listed before more entries can be taken. */
  boolean needsListing() {
    return next == entries.size() && incomplete;
  }

  /** Begins to collect the entries that come after those taken so far. */
  void beginPass() {
    forgetNames();
    entries = new ArrayList<>();
    incomplete = false;
    collecting = true;
    bound = null;
  }

  /** Whether an entry of this name would be collected now. */
  boolean wantsName(Name name) {
    return collecting
        && (last == null || compareNames(name, last) > 0)
        && (bound == null || compareNames(name, bound) < 0);
  }

  /** Whether the stat of each entry is kept, too. */
  boolean withStats() {
    return withStats;
  }

  boolean isCollecting() {
    return collecting;
  }

  /** Collects an entry. */
  void addEntry(ShownEntry entry) {
    if (!wantsName(entry.name())) {
      return;
    }
    entries.add(withStats ? entry : withoutStat(entry));
    bytes += memoryOf(entry);
    if (bytes > memory.fairShare()) {
      shrinkMemory();
    }
  }

  private long memoryOf(ShownEntry entry) {
    return (withStats ? NAME_BYTES + STAT_BYTES : NAME_BYTES) + (long) entry.name().length();
  }

  private static ShownEntry withoutStat(ShownEntry entry) {
    return new ShownEntry(entry.layer(), entry.directory(), entry.name(), null);
  }

  /**
   * Drops the stats of the entries first, because they can be read again; after that the last half
   * of the entries.
   */
  private void shrinkMemory() {
    if (withStats) {
      withStats = false;
      entries.replaceAll(SortedEntries::withoutStat);
    } else if (entries.size() > 1) {
      entries.sort(BY_BYTES);
      int half = entries.size() / 2;
      bound = entries.get(half).name();
      entries = new ArrayList<>(entries.subList(0, half));
      incomplete = true;
    }
    bytes = entries.stream().mapToLong(this::memoryOf).sum();
  }

  /** Ends a listing. */
  void endListing() {
    if (collecting) {
      collecting = false;
      entries.sort(BY_BYTES);
      memory.takeFor(this, bytes);
    }
  }

  /**
   * Takes the next entry.
   *
   * @return the entry, without a stat if that must be read again; null at the end
   */
  ShownEntry takeEntry() {
    if (next == entries.size()) {
      return null;
    }
    ShownEntry entry = entries.get(next++);
    last = entry.name();
    return entry;
  }

  /** Drops the entries that have not been taken. They are listed again when they are needed. */
  void forgetNames() {
    incomplete |= next < entries.size();
    memory.giveBack(bytes);
    entries = List.of();
    next = 0;
    bytes = 0;
  }
}
