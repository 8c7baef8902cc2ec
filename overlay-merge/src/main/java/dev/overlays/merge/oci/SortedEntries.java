package dev.overlays.merge.oci;

import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.Shown;
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
  private static final Comparator<Shown> BY_BYTES = (one, two) -> compare(one.name(), two.name());

  /** The approximate heap sizes of a name and of an entry's stat. */
  private static final int NAME_BYTES = 100;

  private static final int STAT_BYTES = 200;

  private final NameMemory memory;
  private List<Shown> entries = new ArrayList<>();
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

  private static int compare(Name one, Name two) {
    return Arrays.compareUnsigned(one.toBytes(), two.toBytes());
  }

  /** Whether the directory must be listed before more entries can be taken. */
  boolean needsListing() {
    return next == entries.size() && incomplete;
  }

  /** Begins to collect the entries that come after those taken so far. */
  void begin() {
    forget();
    entries = new ArrayList<>();
    incomplete = false;
    collecting = true;
    bound = null;
  }

  /** Whether an entry of this name would be collected now. */
  boolean wants(Name name) {
    return collecting
        && (last == null || compare(name, last) > 0)
        && (bound == null || compare(name, bound) < 0);
  }

  /** Whether the stat of each entry is kept, too. */
  boolean withStats() {
    return withStats;
  }

  boolean isCollecting() {
    return collecting;
  }

  /** Collects an entry. */
  void add(Shown entry) {
    if (!wants(entry.name())) {
      return;
    }
    entries.add(withStats ? entry : withoutStat(entry));
    bytes += size(entry);
    if (bytes > memory.share()) {
      shrink();
    }
  }

  private long size(Shown entry) {
    return (withStats ? NAME_BYTES + STAT_BYTES : NAME_BYTES) + (long) entry.name().length();
  }

  private static Shown withoutStat(Shown entry) {
    return new Shown(entry.layer(), entry.directory(), entry.name(), null);
  }

  /**
   * Drops the stats of the entries first, because they can be read again; after that the last half
   * of the entries.
   */
  private void shrink() {
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
    bytes = entries.stream().mapToLong(this::size).sum();
  }

  /** Ends a listing. */
  void end() {
    if (collecting) {
      collecting = false;
      entries.sort(BY_BYTES);
      memory.take(this, bytes);
    }
  }

  /**
   * Takes the next entry.
   *
   * @return the entry, without a stat if that must be read again; null at the end
   */
  Shown take() {
    if (next == entries.size()) {
      return null;
    }
    Shown entry = entries.get(next++);
    last = entry.name();
    return entry;
  }

  /** Drops the entries that have not been taken. They are listed again when they are needed. */
  void forget() {
    incomplete |= next < entries.size();
    memory.give(bytes);
    entries = List.of();
    next = 0;
    bytes = 0;
  }
}
