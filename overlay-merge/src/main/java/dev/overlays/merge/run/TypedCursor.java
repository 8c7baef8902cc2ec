package dev.overlays.merge.run;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Iterates over a listing and has the type of each entry. */
public final class TypedCursor {
  private final LayerDirectory directory;
  private final EntryCursor cursor;
  private LayerEntry entry;
  private EntryType type;

  public TypedCursor(LayerDirectory directory) throws IOException {
    this.directory = directory;
    cursor = directory.entries();
  }

  /** Moves to the next entry and returns whether there is one. */
  public boolean nextEntry() throws IOException {
    entry = cursor.next();
    if (entry == null) {
      return false;
    }
    type = entry.type();
    if (type == EntryType.UNKNOWN) {
      type = LayerEntries.requireStat(directory, entry.name()).type();
    }
    return true;
  }

  public Name entryName() {
    return entry.name();
  }

  /** Returns the type, read with a stat where the listing does not have it. */
  public EntryType entryType() {
    return type;
  }
}
