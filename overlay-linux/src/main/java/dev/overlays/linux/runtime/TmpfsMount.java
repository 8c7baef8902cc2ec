package dev.overlays.linux.runtime;

import dev.overlays.Propagation;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Mounts private tmpfs file systems: mounts inside them do not propagate to other mount namespaces.
 * Source: mount(2); the kernel's Documentation/filesystems/tmpfs.rst.
 */
final class TmpfsMount {
  private static final int MS_PRIVATE = 1 << 18;

  private TmpfsMount() {}

  static void mountTmpfs(Path place, OptionalLong limit) throws SyscallException {
    if (!CallProbe.mayUse(Syscall.MOUNT)) {
      mountByContext(place, limit);
      return;
    }
    String size = limit.isPresent() ? ",size=" + limit.getAsLong() : "";
    byte[] target = PathBytes.of(place);
    MountCalls.mount("tmpfs", target, 0, asciiBytes("mode=0700" + size));
    try {
      MountCalls.changeMount(target, MS_PRIVATE);
    } catch (SyscallException e) {
      unmountLazily(place);
      throw e;
    }
  }

  /** Mounts by a context, where mount(2) itself is forbidden. */
  private static void mountByContext(Path place, OptionalLong limit) throws SyscallException {
    try (MountContext context = MountContext.open("tmpfs");
        Descriptor target = Descriptor.open(place, OpenFlags.PATH | OpenFlags.DIRECTORY)) {
      context.setString("source", "tmpfs");
      context.setString("mode", "0700");
      if (limit.isPresent()) {
        context.setString("size", Long.toString(limit.getAsLong()));
      }
      context.createSuperblock();
      try (Descriptor mount = context.makeMount(0)) {
        MountMove.moveMount(mount, target);
        MountAttributes.setPropagation(mount, Propagation.PRIVATE);
      } catch (SyscallException e) {
        unmountLazily(place);
        throw e;
      }
    }
  }

  /** Lazily unmounts the file system at a path, with all mounts in it. */
  static void unmountLazily(Path place) {
    MountCalls.unmount(PathBytes.of(place), MountCalls.MNT_DETACH | MountCalls.UMOUNT_NOFOLLOW);
  }

  private static byte[] asciiBytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
