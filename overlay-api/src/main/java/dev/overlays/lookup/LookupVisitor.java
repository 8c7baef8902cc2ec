package dev.overlays.lookup;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Hears where a search has found something. */
@FunctionalInterface
public interface LookupVisitor {
  /**
   * Called for an entry that belongs to what is searched for.
   *
   * @param layer the layer's number, 0 for the top-most
   * @param directory the directory of the entry, open until this returns
   * @param name its name there
   * @param stat what it is
   * @throws IOException what ends the search
   */
  void found(int layer, LayerDirectory directory, Name name, EntryStat stat) throws IOException;
}
