package dev.overlays.merge.run;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Lists directories. */
public final class Entries {
  private Entries() {}

  /** Is called for each entry. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Name name, EntryType type) throws IOException;
  }

  /**
   * Visits each entry with its type. Reads the type with a stat where the listing does not have it.
   */
  public static void forEach(LayerDirectory directory, Visitor visitor) throws IOException {
    TypedCursor cursor = new TypedCursor(directory);
    while (cursor.next()) {
      visitor.visit(cursor.name(), cursor.type());
    }
  }
}
