package dev.overlays.merge.run;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Lists directories. */
public final class DirectoryListing {
  private DirectoryListing() {}

  /** Is called for each entry. */
  @FunctionalInterface
  public interface EntryVisitor {
    void visitEntry(Name name, EntryType type) throws IOException;
  }

  /**
   * Visits each entry with its type. Reads the type with a stat where the listing does not have it.
   */
  public static void forEach(LayerDirectory directory, EntryVisitor visitor) throws IOException {
    TypedCursor cursor = new TypedCursor(directory);
    while (cursor.nextEntry()) {
      visitor.visitEntry(cursor.entryName(), cursor.entryType());
    }
  }
}
