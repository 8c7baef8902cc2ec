package dev.overlays.merge.run;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Goes through a listing, and knows the kind of each entry. */
public final class TypedCursor {
  private final LayerDirectory directory;
  private final EntryCursor cursor;
  private LayerEntry entry;
  private EntryType type;

  public TypedCursor(LayerDirectory directory) throws IOException {
    this.directory = directory;
    cursor = directory.entries();
  }

  /** Goes on to the next entry, and tells whether there is one. */
  public boolean nextEntry() throws IOException {
    entry = cursor.next();
    if (entry == null) {
      return false;
    }
    type = entry.type();
    if (type == EntryType.UNKNOWN) {
      type = LayerEntries.present(directory, entry.name()).type();
    }
    return true;
  }

  public Name entryName() {
    return entry.name();
  }

  /** Its kind, which is asked for where the listing does not tell. */
  public EntryType entryType() {
    return type;
  }
}
