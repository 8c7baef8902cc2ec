package dev.overlays.merge.apply;

import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/**
 * What the other instances show in one directory. A merge with {@code DELETE_COMMON} deletes an
 * entry of the lower only if no other instance shows it.
 */
public interface OtherInstanceViews extends Closeable {
  /** Other instances do not matter: nothing stays in the upper because of them. */
  OtherInstanceViews IGNORED = new NoOtherViews();

  /**
   * Whether no other instance shows anything under a name. An instance's own entry counts, since it
   * may be merged into the lower later, and then the whiteout has to hide it.
   */
  boolean allDelete(Name name) throws IOException;

  /** Whether no other instance shows what the lowers have under a name. */
  boolean noneShowsLower(Name name) throws IOException;

  /** Opens a directory in this one. */
  OtherInstanceViews openDirectory(Name name) throws IOException;
}
