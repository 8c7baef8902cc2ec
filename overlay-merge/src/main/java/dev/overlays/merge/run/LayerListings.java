package dev.overlays.merge.run;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Goes through listings. */
public final class LayerListings {
  private LayerListings() {}

  /** Hears of each entry. */
  @FunctionalInterface
  public interface EntryVisitor {
    void visitEntry(Name name, EntryType type) throws IOException;
  }

  /** Visits each entry with its kind, which is asked for where the listing does not tell. */
  public static void forEach(LayerDirectory directory, EntryVisitor visitor) throws IOException {
    TypedCursor cursor = new TypedCursor(directory);
    while (cursor.nextEntry()) {
      visitor.visitEntry(cursor.entryName(), cursor.entryType());
    }
  }
}
