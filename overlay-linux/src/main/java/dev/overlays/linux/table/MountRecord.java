package dev.overlays.linux.table;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import java.nio.file.Path;
import java.util.Set;

/**
 * One mount as the kernel tells of it.
 *
 * @param id the mount ID, unique among the mounts that exist; a later mount may get it again
 * @param parentId the ID of the mount that it is mounted on
 * @param device the number of the file system, major and minor with a colon between: all mounts of
 *     one, and no others, have the same
 * @param root which directory or file of the file system is seen there: {@code /} unless a part of
 *     it was bound to another place
 * @param mountPoint where it is mounted, as the process sees it whose table this is
 * @param fsType the kind of file system, for example {@code overlay}
 * @param attributes those properties of the mount that {@link MountAttribute} names
 * @param propagation what becomes elsewhere of what is mounted inside it; {@link
 *     Propagation#SHARED} also where it is a slave at the same time
 * @param readOnly whether the file system itself is read-only, by whatever mount it is seen
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
    boolean readOnly,
    String options) {

  /** Whether it is an overlay of the kernel. */
  public boolean isOverlay() {
    return fsType.equals("overlay");
  }
}
