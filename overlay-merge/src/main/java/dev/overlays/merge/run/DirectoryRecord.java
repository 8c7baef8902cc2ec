package dev.overlays.merge.run;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was read of one directory: its listing, and what was asked of the entries that were listed.
 * Nothing is kept of other names: a file system may find them under another spelling.
 */
final class DirectoryRecord {
  private final int mostEntries;
  private final Map<Name, EntryRecord> known = new ConcurrentHashMap<>();
  private volatile List<LayerEntry> listing;

  /** What was read of an entry; null where it was not asked. */
  static final class EntryRecord {
    private volatile EntryStat stat;
    private volatile List<String> xattrs;

    EntryStat stat() {
      return stat;
    }

    void keepStat(EntryStat read) {
      stat = read;
    }

    List<String> xattrs() {
      return xattrs;
    }

    void keepXattrs(List<String> read) {
      xattrs = read;
    }
  }

  DirectoryRecord(int mostEntries) {
    this.mostEntries = mostEntries;
  }

  /** Returns the entries; null if they were not listed to the end. */
  List<LayerEntry> listing() {
    return listing;
  }

  void keepListing(List<LayerEntry> entries) {
    listing = entries;
  }

  int entryCount() {
    List<LayerEntry> entries = listing;
    return entries == null ? 0 : entries.size();
  }

  /** Notes a listed entry; returns whether there was room for it. */
  boolean noteListed(Name name) {
    if (known.size() >= mostEntries) {
      return false;
    }
    known.putIfAbsent(name, new EntryRecord());
    return true;
  }

  /** Returns what was read of a listed entry; null if it was not listed. */
  EntryRecord entryOf(Name name) {
    return known.get(name);
  }

  void forgetAll() {
    listing = null;
    known.clear();
  }
}
