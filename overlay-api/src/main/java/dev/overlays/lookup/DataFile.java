package dev.overlays.lookup;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/**
 * The file that has the data of a file of the view.
 *
 * @param layer the number of its layer, 0 for the top-most; data-only layers come last
 * @param directory the directory of the file, open until this is closed
 * @param name its name there
 * @param stat its attributes
 * @param ownsDirectory whether closing this closes the directory, which the search opened
 */
public record DataFile(
    int layer, LayerDirectory directory, Name name, EntryStat stat, boolean ownsDirectory)
    implements Closeable {

  @Override
  public void close() throws IOException {
    if (ownsDirectory) {
      directory.close();
    }
  }
}
