package dev.overlays.lookup;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Called for the entries that a search finds. */
@FunctionalInterface
public interface LookupVisitor {
  /**
   * Called for each entry that belongs to the result.
   *
   * @param layer the number of the layer, 0 for the top-most
   * @param directory the directory of the entry, open until this returns
   * @param name its name there
   * @param stat what it is
   * @throws IOException what ends the search
   */
  void visitFound(int layer, LayerDirectory directory, Name name, EntryStat stat)
      throws IOException;
}
