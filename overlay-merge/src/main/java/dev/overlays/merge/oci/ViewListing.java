package dev.overlays.merge.oci;

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
  private final NameMemory memory;
  private final SortedEntries entries;

  ViewListing(MergedDirectory merged, NameMemory memory) {
    this.merged = merged;
    this.memory = memory;
    entries = new SortedEntries(memory);
  }

  /** Returns the next entry that the view shows; null at the end. */
  ShownEntry nextEntry() throws IOException {
    if (entries.needsListing()) {
      entries.beginPass();
      merged.forEach(entries::addEntry);
      entries.endListing();
    }
    ShownEntry entry = entries.takeEntry();
    return entry == null || entry.stat() != null ? entry : findEntry(entry);
  }

  private ShownEntry findEntry(ShownEntry entry) throws IOException {
    Name name = entry.name();
    Optional<ShownEntry> shown = merged.find(name);
    if (shown.isEmpty()) {
      throw new NoSuchFileException(LayerEntries.path(entry.directory(), name).toString());
    }
    return shown.get();
  }

  @Override
  public void close() {
    memory.close(entries);
  }
}
