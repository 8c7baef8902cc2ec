package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a directory is in its file system, whatever is mounted over it and wherever it is bound to.
 *
 * @param device the number of the file system, as mount tables have it
 * @param path from the root of the file system
 */
public record DiskPlace(String device, Path path) {

  /**
   * Finds the place of what is open.
   *
   * @param descriptor a directory or file
   * @return its place; empty if it lies outside of the mount that the descriptor came by, or is
   *     gone
   */
  public static Optional<DiskPlace> of(Descriptor descriptor) {
    try {
      Optional<MountRecord> mount = MountTable.findMount(FileId.of(descriptor));
      return mount.isPresent() ? of(descriptor, mount.get()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Finds the place of what is open by a mount. */
  static Optional<DiskPlace> of(Descriptor descriptor, MountRecord mount) {
    try {
      Path path = descriptor.procPath();
      return path.startsWith(mount.mountPoint()) && isInside(descriptor, mount)
          ? Optional.of(placeBelow(mount, path))
          : Optional.empty();
    } catch (SyscallException e) {
      return Optional.empty();
    }
  }

  /** What a handle leads to may lie beside the part of the file system that is mounted. */
  private static boolean isInside(Descriptor descriptor, MountRecord mount)
      throws SyscallException {
    if (mount.root().getNameCount() == 0) {
      return true;
    }
    if (!FileId.of(descriptor).isDirectory()) {
      return false;
    }
    FileId.idAt(descriptor, new byte[] {'.', '.'});
    return true;
  }

  /** What a path would lead to if a mount, and what lies on it, were not there. */
  static Optional<DiskPlace> placeUnder(MountRecord cover, Path path, List<MountRecord> table) {
    Set<Integer> covering = new HashSet<>(Set.of(cover.id()));
    MountRecord found = null;
    for (MountRecord mount : table) {
      if (covering.contains(mount.parentId())) {
        covering.add(mount.id());
      }
      boolean on = path.startsWith(mount.mountPoint()) && !covering.contains(mount.id());
      if (on && (found == null || mount.mountPoint().startsWith(found.mountPoint()))) {
        found = mount;
      }
    }
    return Optional.ofNullable(found).map(mount -> placeBelow(mount, path));
  }

  private static DiskPlace placeBelow(MountRecord mount, Path path) {
    return new DiskPlace(
        mount.device(), mount.root().resolve(mount.mountPoint().relativize(path)).normalize());
  }

  /** What the place is in, going up by the names of a path; empty if they are others. */
  Optional<DiskPlace> placeAbove(Path names) {
    int up = names.getNameCount();
    if (names.toString().isEmpty() || up == 0) {
      return Optional.of(this);
    }
    if (!path.endsWith(names)) {
      return Optional.empty();
    }
    Path root = path.getRoot();
    int left = path.getNameCount() - up;
    return Optional.of(
        new DiskPlace(device, left == 0 ? root : root.resolve(path.subpath(0, left))));
  }

  boolean containsPlace(DiskPlace other) {
    return device.equals(other.device) && other.path.startsWith(path);
  }

  /**
   * Tells whether two directories share files.
   *
   * @param other another place
   * @return whether they are the same, or one is inside the other
   */
  public boolean overlapsPlace(DiskPlace other) {
    return containsPlace(other) || other.containsPlace(this);
  }
}
