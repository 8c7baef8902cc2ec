package dev.overlays.cache;

import dev.overlays.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The status of one instance.
 *
 * @param name its name
 * @param mountedAt the root of its view, if it is mounted
 * @param backend the backend that mounted it, if it is mounted
 * @param holders who uses it, from {@link dev.overlays.OverlayMount#holders()}, and where else it
 *     is mounted, from {@link dev.overlays.OverlayMount#otherMounts()}
 * @param waiting whether it was unmounted by an interrupted maintenance and must be mounted again
 * @param atBoot whether it has a boot entry
 * @param upperBytes the disk space that its upper uses
 * @param freedBytes the size of the lower's files that a merge of this instance alone would remove:
 *     those that it has deleted or replaced
 * @param notices a {@link dev.overlays.ProblemCode#CACHE_FILES_ASIDE} for each directory with files
 *     that were found in its mount point, until you delete it; and a {@link
 *     dev.overlays.ProblemCode#LAYER_LOCK_MISSING} if it is mounted over a lower that machines
 *     share, or will be by its boot entry, and the others do not see that
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
   * @param mountedAt the root of its view
   * @param backend the backend that mounted it
   * @param holders who uses it; copied
   * @param waiting whether it must be mounted again
   * @param atBoot whether it has a boot entry
   * @param upperBytes the size of its upper
   * @param freedBytes the size of the lower's files that a merge would remove
   * @param notices what should be known about it; copied
   */
  public InstanceStatus {
    holders = List.copyOf(holders);
    notices = List.copyOf(notices);
  }
}
