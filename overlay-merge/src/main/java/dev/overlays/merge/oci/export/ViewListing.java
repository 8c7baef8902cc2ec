package dev.overlays.merge.oci.export;

import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Lists one directory of a view in the order of an archive. */
final class ViewListing implements Closeable {
  private final MergedDirectory merged;
  private final ListingMemory memory;
  private final SortedEntries entries;

  ViewListing(MergedDirectory merged, ListingMemory memory) {
    this.merged = merged;
    this.memory = memory;
    entries = new SortedEntries(memory);
  }

  /** Returns the next entry that the view shows; null at the end. */
  ShownEntry nextEntry() throws IOException {
    if (entries.needsListing()) {
      entries.beginListing();
      merged.forEachShown(entries::addEntry);
      entries.endListing();
    }
    ShownEntry entry = entries.takeNext();
    return entry == null || entry.stat() != null ? entry : findAgain(entry);
  }

  private ShownEntry findAgain(ShownEntry entry) throws IOException {
    Name name = entry.name();
    Optional<ShownEntry> shown = merged.findShown(name);
    if (shown.isEmpty()) {
      throw new NoSuchFileException(LayerEntries.pathOf(entry.directory(), name).toString());
    }
    return shown.get();
  }

  @Override
  public void close() {
    memory.closeListing(entries);
  }
}
