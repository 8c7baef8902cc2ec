package dev.overlays.layer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Goes through the entries of a directory, once. */
@FunctionalInterface
public interface EntryCursor {
  /**
   * Returns the next entry, in no particular order; {@code .} and {@code ..} are left out.
   *
   * @return the entry, or null when there is none left
   * @throws IOException if the directory cannot be read; {@link ClosedHandleException} if it is
   *     closed
   */
  @SuppressWarnings("exports") // Whoever compiles against this needs no annotations.
  @Nullable LayerEntry next() throws IOException;
}
