package dev.overlays.linux.fuse;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.nio.file.Path;
import java.util.Set;

/** Changes a mount that is there. Source: mount_setattr(2), Linux 5.12 and later. */
final class MountChange {
  private static final int SIZE = 32;
  private static final int MS_UNBINDABLE = 1 << 17;
  private static final int MS_PRIVATE = 1 << 18;
  private static final int MS_SLAVE = 1 << 19;
  private static final int MS_SHARED = 1 << 20;

  private final Path root;
  private long set;
  private long clear;
  private long propagation;

  private MountChange(Path root) {
    this.root = root;
  }

  static MountChange of(Path root) {
    return new MountChange(root);
  }

  MountChange set(Set<MountAttribute> attributes) {
    attributes.forEach(attribute -> set |= MountFlags.attribute(attribute));
    return this;
  }

  MountChange clear(MountAttribute attribute) {
    clear |= MountFlags.attribute(attribute);
    return this;
  }

  MountChange propagation(Propagation kind) {
    propagation =
        switch (kind) {
          case PRIVATE -> MS_PRIVATE;
          case SHARED -> MS_SHARED;
          case SLAVE -> MS_SLAVE;
          case UNBINDABLE -> MS_UNBINDABLE;
        };
    return this;
  }

  void apply() throws SyscallException {
    Scratch scratch = Scratch.get();
    scratch.struct(set, clear, propagation, 0);
    Kernel.call(
        Syscall.MOUNT_SETATTR,
        Kernel.AT_FDCWD,
        scratch.string(PathBytes.of(root)),
        0,
        scratch.struct(),
        SIZE);
  }
}
