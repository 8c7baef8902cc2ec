package dev.overlays.merge.oci.export;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.io.Closeable;
import java.io.IOException;

/**
 * Lists one directory of a layer in the order of an archive: whiteouts first, as the OCI
 * specification recommends, and each group sorted by the bytes of names.
 */
final class LayerListing implements Closeable {
  private final LayerDirectory directory;
  private final MarkNamespace marks;
  private final ListingMemory memory;
  private final SortedEntries whiteouts;
  private final SortedEntries entries;

  LayerListing(LayerDirectory directory, MarkNamespace marks, ListingMemory memory) {
    this.directory = directory;
    this.marks = marks;
    this.memory = memory;
    whiteouts = new SortedEntries(memory);
    entries = new SortedEntries(memory);
  }

  /** Returns the name of the next whiteout; null at the end. */
  Name nextWhiteout() throws IOException {
    if (whiteouts.needsListing()) {
      whiteouts.beginListing();
      if (entries.needsListing()) {
        entries.beginListing();
      }
      listDirectory();
    }
    ShownEntry whiteout = whiteouts.takeNext();
    return whiteout == null ? null : whiteout.name();
  }

  /** Returns the next entry that is not a whiteout; null at the end. */
  ShownEntry nextEntry() throws IOException {
    ShownEntry entry = takeEntry();
    while (entry != null && entry.stat() == null) {
      EntryStat stat = LayerEntries.requireStat(directory, entry.name());
      if (!LayerEntries.isWhiteout(directory, entry.name(), stat, marks)) {
        return new ShownEntry(0, directory, entry.name(), stat);
      }
      entry = takeEntry();
    }
    return entry;
  }

  private ShownEntry takeEntry() throws IOException {
    if (entries.needsListing()) {
      entries.beginListing();
      listDirectory();
    }
    return entries.takeNext();
  }

  private void listDirectory() throws IOException {
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      collectEntry(entry);
    }
    whiteouts.endListing();
    entries.endListing();
  }

  private void collectEntry(LayerEntry entry) throws IOException {
    Name name = entry.name();
    boolean asksWhiteout = whiteouts.wantsName(name) && mayBeWhiteout(entry.type());
    if (asksWhiteout || (entries.wantsName(name) && entries.keepsStats())) {
      EntryStat stat = LayerEntries.requireStat(directory, name);
      boolean whiteout = LayerEntries.isWhiteout(directory, name, stat, marks);
      (whiteout ? whiteouts : entries).addEntry(new ShownEntry(0, directory, name, stat));
    } else {
      entries.addEntry(new ShownEntry(0, directory, name, null));
    }
  }

  private static boolean mayBeWhiteout(EntryType listed) {
    return listed == EntryType.FILE
        || listed == EntryType.CHARACTER_DEVICE
        || listed == EntryType.UNKNOWN;
  }

  @Override
  public void close() {
    memory.closeListing(entries);
    memory.closeListing(whiteouts);
  }
}
