package dev.overlays.cache;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.nio.file.Path;
import java.util.List;
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
 * @param aside the directories that hold what programs wrote into its mount point while it was not
 *     mounted, the oldest first
 */
public record CacheInstance(
    String name,
    OverlaySpec spec,
    Optional<OverlayMount> mount,
    boolean waiting,
    List<Path> aside) {

  /**
   * Makes an instance.
   *
   * @param name the name of its directory
   * @param spec how it is mounted
   * @param mount its view
   * @param waiting whether it has to be mounted again
   * @param aside what was found in its mount point; copied
   */
  public CacheInstance {
    aside = List.copyOf(aside);
  }

  /**
   * Returns its own directory.
   *
   * @return the directory that holds upper, work directory and mount point
   */
  public Path directory() {
    return spec.instance().orElseThrow();
  }
}
