package dev.overlays.merge.oci;

import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Some entries of a directory by the bytes of their names. Of a directory that is too large for the
 * memory it keeps the first ones; the next are collected when the directory is listed again.
 */
final class SortedEntries {
  private static final Comparator<ShownEntry> BY_BYTES =
      (one, two) -> compareNames(one.name(), two.name());

  /** What objects take on the heap, about: a name, and what is known of an entry. */
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

  /** Whether the directory has to be listed before more can be taken. */
  boolean needsListing() {
    return next == entries.size() && incomplete;
  }

  /** Begins to collect those that come after what has been taken. */
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

  /** Whether it keeps what is known of the entries, too. */
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

  /** First what is known of the entries goes, which can be asked again; then the last half. */
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
   * @return the entry, without a stat if that has to be asked again; null if there is none left
   */
  ShownEntry takeEntry() {
    if (next == entries.size()) {
      return null;
    }
    ShownEntry entry = entries.get(next++);
    last = entry.name();
    return entry;
  }

  /** Forgets what has not been taken; it is listed again when it is needed. */
  void forgetNames() {
    incomplete |= next < entries.size();
    memory.giveBack(bytes);
    entries = List.of();
    next = 0;
    bytes = 0;
  }
}
