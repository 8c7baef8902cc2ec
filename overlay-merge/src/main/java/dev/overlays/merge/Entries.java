package dev.overlays.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Goes through listings. */
final class Entries {
  private Entries() {}

  /** Hears of each entry. */
  @FunctionalInterface
  interface Visitor {
    void visit(Name name, EntryType type) throws IOException;
  }

  /** Visits each entry with its kind, which is asked for where the listing does not tell. */
  static void forEach(LayerDirectory directory, Visitor visitor) throws IOException {
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      EntryType type = entry.type();
      if (type == EntryType.UNKNOWN) {
        type = LayerEntries.present(directory, entry.name()).type();
      }
      visitor.visit(entry.name(), type);
    }
  }
}
