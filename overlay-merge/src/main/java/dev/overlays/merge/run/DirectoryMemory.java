package dev.overlays.merge.run;

import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps what was read of directories, for several walks through the same layers. When there are too
 * many entries, the directories are forgotten that were not opened or listed for the longest time.
 * Thread-safe.
 */
final class DirectoryMemory {
  private static final int INITIAL_CAPACITY = 256;
  private static final float LOAD_FACTOR = 0.75f;

  private final int mostEntries;

  /** In the order in which they were asked for. */
  private final Map<DirectoryPlace, DirectoryRecord> records =
      new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true);

  /** Each directory counts as an entry, too. */
  private long entryCount;

  /** Where a directory is. */
  record DirectoryPlace(Path layer, TreePlace place) {
    DirectoryPlace resolveChild(Name name) {
      return new DirectoryPlace(layer, place.resolveChild(name));
    }
  }

  DirectoryMemory(int mostEntries) {
    this.mostEntries = mostEntries;
  }

  /** Returns the record of a directory, which is empty if nothing is known of it. */
  synchronized DirectoryRecord recordOf(DirectoryPlace place) {
    DirectoryRecord record = records.get(place);
    if (record == null) {
      record = new DirectoryRecord(mostEntries);
      records.put(place, record);
      countAndForget(1);
    }
    return record;
  }

  /** Keeps the complete listing of a directory, and forgets others if there are too many. */
  synchronized void keepListing(
      DirectoryPlace place, DirectoryRecord record, List<LayerEntry> entries) {
    if (record.listing() == null && records.get(place) == record) {
      record.keepListing(entries);
      countAndForget(entries.size());
    }
  }

  private void countAndForget(int added) {
    entryCount += added;
    Iterator<DirectoryRecord> eldest = records.values().iterator();
    while (entryCount > mostEntries && eldest.hasNext()) {
      entryCount -= 1 + eldest.next().entryCount();
      eldest.remove();
    }
  }

  /** Forgets a directory that was changed. */
  synchronized void forgetDirectory(DirectoryPlace place, DirectoryRecord record) {
    if (records.remove(place, record)) {
      entryCount -= 1 + record.entryCount();
    }
    record.forgetAll();
  }
}
