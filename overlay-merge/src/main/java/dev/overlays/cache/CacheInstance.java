package dev.overlays.cache;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The state of one instance of a shared cache when it was read.
 *
 * @param name the name of its directory
 * @param spec how it is mounted
 * @param mount its view, if this process can see it mounted; a view of another upper at the same
 *     mount point does not count
 * @param waiting whether a maintenance has unmounted it and was interrupted before the remount; the
 *     next maintenance mounts it
 * @param aside the directories with files that programs wrote into its mount point while it was not
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
   * @param waiting whether it must be mounted again
   * @param aside the directories with files found in its mount point; copied
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
