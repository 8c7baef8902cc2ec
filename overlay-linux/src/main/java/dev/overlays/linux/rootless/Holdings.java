package dev.overlays.linux.rootless;

import dev.overlays.linux.mount.LayerHandles;
import java.io.Closeable;
import java.util.Optional;

/**
 * What a view has beside its mount.
 *
 * @param layers the locks that keep merges and other views away
 * @param upper its upper, where that is thrown away
 */
record Holdings(LayerHandles layers, Optional<EphemeralUpper> upper) implements Closeable {
  @Override
  public void close() {
    layers.close();
    upper.ifPresent(EphemeralUpper::close);
  }
}
