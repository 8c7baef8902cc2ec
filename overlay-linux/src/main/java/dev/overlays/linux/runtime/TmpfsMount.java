package dev.overlays.linux.runtime;

import dev.overlays.Propagation;
import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Mounts file systems of memory, private ones: what is mounted in them is seen in no other mount
 * namespace. Source: mount(2); the kernel's Documentation/filesystems/tmpfs.rst.
 */
final class TmpfsMount {
  private static final int MS_PRIVATE = 1 << 18;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private TmpfsMount() {}

  static void mountTmpfs(Path place, OptionalLong limit) throws SyscallException {
    if (!CallProbe.mayUse(Syscall.MOUNT)) {
      mountByContext(place, limit);
      return;
    }
    String size = limit.isPresent() ? ",size=" + limit.getAsLong() : "";
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      byte[] options = asciiBytes("mode=0700" + size);
      scratch.dataBuffer().put(options).put((byte) 0);
      byte[] target = PathBytes.of(place);
      long type = scratch.putString(asciiBytes("tmpfs"));
      Kernel.call(
          Syscall.MOUNT, type, scratch.secondString(target), type, 0, scratch.dataPointer());
      long result = Kernel.attempt(Syscall.MOUNT, 0, scratch.putString(target), 0, MS_PRIVATE, 0);
      if (result < 0) {
        unmountLazily(place);
        throw new SyscallException(Syscall.MOUNT, (int) -result);
      }
    }
  }

  /** Where mount(2) itself is forbidden. */
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

  /** Unmounts what is mounted there, with all that is mounted in it. */
  static void unmountLazily(Path place) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(PathBytes.of(place));
      Kernel.attempt(Syscall.UMOUNT2, path, MNT_DETACH | UMOUNT_NOFOLLOW);
    }
  }

  private static byte[] asciiBytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
