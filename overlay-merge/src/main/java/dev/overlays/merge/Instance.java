package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What one instance has of a directory of the view.
 *
 * @param upper the path of its upper
 * @param state how it comes to what it shows here
 * @param own its own directory; null unless the state says that there is one
 * @param selection which of its entries are looked at
 */
record Instance(Path upper, State state, LayerDirectory own, Selection selection)
    implements Closeable {

  /** How an instance comes to what it shows of a directory. */
  enum State {
    /** As the lower has it. */
    LOWER,
    /** Its own directory merged with the lower's. */
    MERGED,
    /** Its own directory only. */
    OWN,
    /** It shows no directory. */
    NOTHING
  }

  boolean showsLower() {
    return state == State.LOWER || state == State.MERGED;
  }

  @Override
  public void close() throws IOException {
    if (own != null) {
      own.close();
    }
  }
}
