package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.MountRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The other file systems that this process sees, to tell layers apart that are on one of them. They
 * are opened when they are needed first.
 */
final class OtherDisks implements AutoCloseable {
  /** What may let a question wait for a machine or a process that does not answer. */
  private static final Set<String> REMOTE =
      Set.of("9p", "afs", "autofs", "ceph", "cifs", "fuse", "fuseblk", "nfs", "nfs4", "smb3");

  private final Set<String> own;
  private Map<String, Descriptor> disks;

  /**
   * Prepares to look.
   *
   * @param own numbers of the file systems that are not meant
   */
  OtherDisks(Set<String> own) {
    this.own = own;
  }

  boolean include(String device) {
    return disks().containsKey(device);
  }

  /** Where an inode is. */
  Optional<DiskPlace> find(RealInode inode) {
    for (Descriptor disk : disks().values()) {
      try (Descriptor found = inode.handle().open(disk)) {
        return DiskPlace.of(found);
      } catch (SyscallException e) {
        // It is not on this one, or this process may not ask.
      }
    }
    return Optional.empty();
  }

  private Map<String, Descriptor> disks() {
    if (disks == null) {
      disks = new LinkedHashMap<>();
      Set<String> asked = new HashSet<>(own);
      for (MountRecord mount : MountNamespaces.tableOf("self")) {
        boolean whole = mount.root().getNameCount() == 0;
        if (whole && !isRemote(mount.fsType()) && asked.add(mount.device())) {
          open(mount);
        }
      }
    }
    return disks;
  }

  private static boolean isRemote(String fileSystem) {
    return REMOTE.contains(fileSystem) || fileSystem.startsWith("fuse.");
  }

  private void open(MountRecord mount) {
    try {
      disks.put(mount.device(), Descriptor.open(mount.mountPoint(), Open.RDONLY | Open.DIRECTORY));
    } catch (SyscallException e) {
      // It is none of ours to look at, or covered.
      return;
    }
  }

  @Override
  public void close() {
    if (disks != null) {
      disks.values().forEach(Descriptor::close);
    }
  }
}
