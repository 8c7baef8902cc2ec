package dev.overlays.cache;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One instance of a shared cache, as it was when it was asked for.
 *
 * @param name the name of its directory
 * @param spec how it is mounted
 * @param mount its view, if it is mounted where this process can see it; a view of another upper at
 *     the same place is none of it
 * @param waiting whether a maintenance has unmounted it and was cut off before it was mounted
 *     again: the next one does that
 */
public record CacheInstance(
    String name, OverlaySpec spec, Optional<OverlayMount> mount, boolean waiting) {

  /**
   * Returns its own directory.
   *
   * @return the directory that holds upper, work directory and mount point
   */
  public Path directory() {
    return spec.instance().orElseThrow();
  }
}
