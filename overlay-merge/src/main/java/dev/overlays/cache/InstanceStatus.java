package dev.overlays.cache;

import dev.overlays.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How one instance is.
 *
 * @param name its name
 * @param mountedAt where its view is seen, if it is mounted
 * @param backend which backend holds it, if it is mounted
 * @param holders who uses it, each as {@link dev.overlays.OverlayMount#holders()} tells it, and
 *     where else it is mounted, as {@link dev.overlays.OverlayMount#copies()} does
 * @param waiting whether a maintenance that was cut off has still to mount it again
 * @param atBoot whether it has a boot entry
 * @param upperBytes what its upper takes up on the disk
 * @param freedBytes what of the lower would go if it were merged: what it has deleted or replaced
 * @param notices a {@link dev.overlays.ProblemCode#CACHE_FILES_ASIDE} for each directory that holds
 *     what was found in its mount point, until somebody deletes that
 */
public record InstanceStatus(
    String name,
    Optional<Path> mountedAt,
    Optional<String> backend,
    List<Problem> holders,
    boolean waiting,
    boolean atBoot,
    long upperBytes,
    long freedBytes,
    List<Problem> notices) {

  /**
   * Makes a status.
   *
   * @param name its name
   * @param mountedAt where it is seen
   * @param backend who holds it
   * @param holders who uses it; copied
   * @param waiting whether it is to be mounted again
   * @param atBoot whether it has a boot entry
   * @param upperBytes the size of its upper
   * @param freedBytes what of the lower would go
   * @param notices what was found in its mount point; copied
   */
  public InstanceStatus {
    holders = List.copyOf(holders);
    notices = List.copyOf(notices);
  }
}
