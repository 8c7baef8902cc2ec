package dev.overlays.linux.table;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import java.nio.file.Path;
import java.util.Set;

/**
 * One mount as the kernel describes it.
 *
 * @param id the mount ID, unique among existing mounts; a later mount may reuse it
 * @param parentId the ID of the mount that it is mounted on
 * @param device the device number of the file system, {@code major:minor}: equal for all mounts of
 *     one file system, and only for those
 * @param root the directory or file of the file system that the mount shows: {@code /} unless it is
 *     a bind mount of a part
 * @param mountPoint the mount point, as the process whose table this is sees it
 * @param fsType the kind of file system, for example {@code overlay}
 * @param attributes the attributes of the mount that {@link MountAttribute} knows
 * @param propagation how mounts inside it propagate; {@link Propagation#SHARED} also if it is a
 *     slave at the same time
 * @param isFileSystemReadOnly whether the file system itself is read-only, independent of this
 *     mount
 * @param options the file system's own options, still escaped; see {@link OptionString}
 */
public record MountRecord(
    int id,
    int parentId,
    String device,
    Path root,
    Path mountPoint,
    String fsType,
    Set<MountAttribute> attributes,
    Propagation propagation,
    boolean isFileSystemReadOnly,
    String options) {

  /** Whether it is an overlay of the kernel. */
  public boolean isOverlay() {
    return fsType.equals("overlay");
  }
}
