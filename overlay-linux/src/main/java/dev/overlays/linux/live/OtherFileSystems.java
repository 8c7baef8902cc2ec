package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.MountRecord;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The other file systems of the machine, to distinguish layers on them: those that this process
 * sees, and those of the mount namespaces that it can inspect. They are opened when they are first
 * needed.
 */
final class OtherFileSystems implements AutoCloseable {
  /** File systems on which a call may wait for a machine or process that does not answer. */
  private static final Set<String> REMOTE =
      Set.of("9p", "afs", "autofs", "ceph", "cifs", "fuse", "fuseblk", "nfs", "nfs4", "smb3");

  private final Set<String> own;
  private Map<String, OpenedDisk> disks;

  /** A file system, opened through one of its mounts. */
  private record OpenedDisk(MountRecord mount, Descriptor root) {}

  /**
   * Prepares the search.
   *
   * @param own device numbers of the file systems to leave out
   */
  OtherFileSystems(Set<String> own) {
    this.own = own;
  }

  boolean includesDevice(String device) {
    return openedDisks().containsKey(device);
  }

  /** Returns the place of an inode. */
  Optional<FileSystemPlace> findInode(RealInode inode) {
    for (OpenedDisk disk : openedDisks().values()) {
      try (Descriptor found = inode.handle().open(disk.root())) {
        return FileSystemPlace.of(found, disk.mount());
      } catch (SyscallException e) {
        // It is not on this disk, or this process may not open handles.
      }
    }
    return Optional.empty();
  }

  private Map<String, OpenedDisk> openedDisks() {
    if (disks == null) {
      disks = new LinkedHashMap<>();
      Set<String> asked = new HashSet<>(own);
      for (String pid : MountNamespaces.representativePids()) {
        for (MountRecord mount : MountNamespaces.tableOf(pid)) {
          boolean whole = mount.root().getNameCount() == 0;
          if (whole && !isRemote(mount.fsType()) && asked.add(mount.device())) {
            open(pid, mount);
          }
        }
      }
    }
    return disks;
  }

  private static boolean isRemote(String fileSystem) {
    return REMOTE.contains(fileSystem) || fileSystem.startsWith("fuse.");
  }

  private void open(String pid, MountRecord mount) {
    Path place = MountNamespaces.pathSeenHere(pid, mount.mountPoint());
    try {
      disks.put(
          mount.device(),
          new OpenedDisk(mount, Descriptor.open(place, OpenFlags.RDONLY | OpenFlags.DIRECTORY)));
    } catch (SyscallException e) {
      // It is covered, or not accessible to this process.
      return;
    }
  }

  @Override
  public void close() {
    if (disks != null) {
      disks.values().forEach(disk -> disk.root().close());
    }
  }
}
