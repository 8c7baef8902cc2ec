package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Open;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Asks the kernel whether a live overlay, in any mount namespace, uses a directory as upper or
 * work. A mount is tried that can never succeed, since its work directory is on another file
 * system: when the directory is in use the kernel says so before it comes to that. Changes nothing
 * but the kernel's log, which gets a line. Source: ovl_get_upper and ovl_get_workdir in
 * fs/overlayfs/super.c.
 */
public final class InUseProbe {
  private static final List<Path> ELSEWHERE =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  private InUseProbe() {}

  /**
   * Asks about a directory.
   *
   * @param directory an open directory
   * @return true if a live overlay writes to it; false if none does, or the kernel does not tell
   */
  public static boolean inUse(Descriptor directory) {
    try (Descriptor elsewhere = elsewhere(directory);
        MountContext context = MountContext.open()) {
      context.string("index", "on");
      if (Channel.ofThisKernel() == Channel.DESCRIPTORS) {
        context.descriptor("lowerdir+", elsewhere);
        context.descriptor("upperdir", directory);
        context.descriptor("workdir", elsewhere);
      } else {
        context.string("lowerdir", name(elsewhere));
        context.string("upperdir", name(directory));
        context.string("workdir", name(elsewhere));
      }
      context.create();
      return false;
    } catch (SyscallException e) {
      return e.errno() == Errno.EBUSY;
    }
  }

  /** By number, so that no name is too long. */
  private static byte[] name(Descriptor descriptor) {
    return ("/proc/self/fd/" + descriptor.number()).getBytes(StandardCharsets.US_ASCII);
  }

  private static Descriptor elsewhere(Descriptor directory) throws SyscallException {
    long device = FileId.of(directory).device();
    SyscallException failure = null;
    for (Path path : ELSEWHERE) {
      try {
        Descriptor candidate = Descriptor.open(path, Open.PATH | Open.DIRECTORY);
        if (FileId.of(candidate).device() != device) {
          return candidate;
        }
        candidate.close();
      } catch (SyscallException e) {
        failure = e;
      }
    }
    throw failure != null ? failure : new SyscallException(Syscall.OPENAT, Errno.ENOENT.number());
  }
}
