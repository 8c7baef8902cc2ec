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
 * The place of a directory within its file system, independent of mounts over it and of bind
 * mounts.
 *
 * @param device the device number of the file system in mount tables
 * @param path from the root of the file system
 */
public record FileSystemPlace(String device, Path path) {

  /**
   * Finds the place of an open file.
   *
   * @param descriptor a directory or file
   * @return its place; empty if it lies outside of the mount of the descriptor or is gone
   */
  public static Optional<FileSystemPlace> of(Descriptor descriptor) {
    try {
      Optional<MountRecord> mount = MountTable.findMount(FileId.of(descriptor));
      return mount.isPresent() ? of(descriptor, mount.get()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Finds the place of a file that was opened through a given mount. */
  static Optional<FileSystemPlace> of(Descriptor descriptor, MountRecord mount) {
    try {
      Path path = descriptor.targetPath();
      return path.startsWith(mount.mountPoint()) && isInside(descriptor, mount)
          ? Optional.of(placeBelow(mount, path))
          : Optional.empty();
    } catch (SyscallException e) {
      return Optional.empty();
    }
  }

  /** A file opened by a handle may lie outside the part of the file system that is mounted. */
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

  /** Returns the place of a path as if a mount, and all mounts on it, did not exist. */
  static Optional<FileSystemPlace> placeUnder(
      MountRecord cover, Path path, List<MountRecord> table) {
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

  private static FileSystemPlace placeBelow(MountRecord mount, Path path) {
    return new FileSystemPlace(
        mount.device(), mount.root().resolve(mount.mountPoint().relativize(path)).normalize());
  }

  /**
   * Returns the place above this one, without the names of a path at its end; empty if it does not
   * end with these names.
   */
  Optional<FileSystemPlace> placeAbove(Path names) {
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
        new FileSystemPlace(device, left == 0 ? root : root.resolve(path.subpath(0, left))));
  }

  boolean containsPlace(FileSystemPlace other) {
    return device.equals(other.device) && other.path.startsWith(path);
  }

  /**
   * Returns whether two directories share files.
   *
   * @param other another place
   * @return whether they are the same, or one is inside the other
   */
  public boolean overlapsPlace(FileSystemPlace other) {
    return containsPlace(other) || other.containsPlace(this);
  }
}
