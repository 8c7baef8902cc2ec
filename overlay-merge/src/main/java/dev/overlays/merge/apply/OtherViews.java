package dev.overlays.merge.apply;

import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/**
 * What the other instances show in one directory. A merge asks where it may delete an entry of the
 * lower only if every instance has deleted it.
 */
public interface OtherViews extends Closeable {

  /**
   * Whether no other instance shows anything under a name. An entry of its own may come into the
   * lower later, where the whiteout of the instance that has deleted it has to hide it.
   */
  boolean allDelete(Name name) throws IOException;

  /** Whether no other instance shows what the lowers have under a name. */
  boolean noneShowsLower(Name name) throws IOException;

  /** Opens a directory in this one. */
  OtherViews openDirectory(Name name) throws IOException;
}
