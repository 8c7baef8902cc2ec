package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Asks the kernel whether a live overlay, in any mount namespace, uses a directory as upper or
 * work. Nothing is changed by asking, and no mount comes about. Where a context cannot be had,
 * mount(2) is asked, about one directory at a time.
 */
public final class InUseProbe {
  private static final List<Path> ELSEWHERE =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  private InUseProbe() {}

  /**
   * Asks about two directories at once, without a word in the kernel's log unless one is in use: an
   * overlay that has both as lowers comes about, unattached and read-only, unless a live one writes
   * to one of them. Only an indexed overlay is refused that, and one without upper is indexed when
   * it may be exported by NFS. Source: ovl_get_layers in the kernel's fs/overlayfs/super.c, and
   * ovl_fs_params_verify in params.c.
   *
   * @param first a directory of a file system with file handles, as every upper's is
   * @param second another one, neither inside the other
   * @return true if a live overlay writes to one of them; false if none does, or the kernel does
   *     not tell
   */
  public static boolean inUse(Descriptor first, Descriptor second) {
    if (!MountContext.areThere()) {
      return inUse(first) || inUse(second);
    }
    try (MountContext context = MountContext.open()) {
      context.string("nfs_export", "on");
      context.string("redirect_dir", "nofollow");
      switch (LayerChannel.ofThisKernel()) {
        case DESCRIPTORS -> {
          context.descriptor("lowerdir+", first);
          context.descriptor("lowerdir+", second);
        }
        case NAMES -> {
          context.string("lowerdir+", name(first));
          context.string("lowerdir+", name(second));
        }
        case LIST, DATA -> context.string("lowerdir", name(first) + ":" + name(second));
      }
      context.create();
      return false;
    } catch (SyscallException e) {
      return e.errno() == Errno.EBUSY;
    }
  }

  /**
   * Asks about one directory. A mount is tried that can never succeed, since its work directory is
   * on another file system: when the directory is in use the kernel says so before it comes to
   * that. Either way its log gets a line, which takes milliseconds where that goes to a serial
   * console. Source: ovl_get_upper and ovl_get_workdir in the kernel's fs/overlayfs/super.c.
   *
   * @param directory an open directory
   * @return true if a live overlay writes to it; false if none does, or the kernel does not tell
   */
  public static boolean inUse(Descriptor directory) {
    try (Descriptor elsewhere = elsewhere(directory)) {
      return MountContext.areThere()
          ? inUseByContext(directory, elsewhere)
          : inUseByMount(directory, elsewhere);
    } catch (SyscallException e) {
      return false;
    }
  }

  private static boolean inUseByContext(Descriptor directory, Descriptor elsewhere) {
    try (MountContext context = MountContext.open()) {
      context.string("index", "on");
      if (LayerChannel.ofThisKernel() == LayerChannel.DESCRIPTORS) {
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

  /**
   * The file system fails to come about, so the place where it would be mounted does not matter.
   */
  private static boolean inUseByMount(Descriptor directory, Descriptor elsewhere) {
    String layers =
        "lowerdir=%2$s,upperdir=%1$s,workdir=%2$s".formatted(name(directory), name(elsewhere));
    try (ScratchMemory scratch = ScratchMemory.borrow()) {
      scratch.dataBuffer().put(ascii("index=on," + layers)).put((byte) 0);
      long overlay = scratch.string(ascii("overlay"));
      long place = scratch.secondString(elsewhere.magicLink());
      long result = Kernel.attempt(Syscall.MOUNT, overlay, place, overlay, 0, scratch.data(), 0);
      return result == -Errno.EBUSY.number();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** By number, so that no name is too long. */
  private static String name(Descriptor descriptor) {
    return "/proc/self/fd/" + descriptor.number();
  }

  private static Descriptor elsewhere(Descriptor directory) throws SyscallException {
    long device = FileId.of(directory).device();
    SyscallException failure = null;
    for (Path path : ELSEWHERE) {
      try {
        Descriptor candidate = Descriptor.open(path, OpenFlags.PATH | OpenFlags.DIRECTORY);
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
