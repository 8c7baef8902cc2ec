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
      context.setString("nfs_export", "on");
      context.setString("redirect_dir", "nofollow");
      switch (LayerChannel.ofThisKernel()) {
        case DESCRIPTORS -> {
          context.setDescriptor("lowerdir+", first);
          context.setDescriptor("lowerdir+", second);
        }
        case NAMES -> {
          context.setString("lowerdir+", nameOf(first));
          context.setString("lowerdir+", nameOf(second));
        }
        case LIST, DATA -> context.setString("lowerdir", nameOf(first) + ":" + nameOf(second));
      }
      context.createSuperblock();
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
    try (Descriptor elsewhere = emptyDirectory(directory)) {
      return MountContext.areThere()
          ? inUseByContext(directory, elsewhere)
          : inUseByMount(directory, elsewhere);
    } catch (SyscallException e) {
      return false;
    }
  }

  private static boolean inUseByContext(Descriptor directory, Descriptor elsewhere) {
    try (MountContext context = MountContext.open()) {
      context.setString("index", "on");
      if (LayerChannel.ofThisKernel() == LayerChannel.DESCRIPTORS) {
        context.setDescriptor("lowerdir+", elsewhere);
        context.setDescriptor("upperdir", directory);
        context.setDescriptor("workdir", elsewhere);
      } else {
        context.setString("lowerdir", nameOf(elsewhere));
        context.setString("upperdir", nameOf(directory));
        context.setString("workdir", nameOf(elsewhere));
      }
      context.createSuperblock();
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
        "lowerdir=%2$s,upperdir=%1$s,workdir=%2$s".formatted(nameOf(directory), nameOf(elsewhere));
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      scratch.dataBuffer().put(asciiBytes("index=on," + layers)).put((byte) 0);
      long overlay = scratch.putString(asciiBytes("overlay"));
      long place = scratch.secondString(elsewhere.magicLink());
      long result =
          Kernel.attempt(Syscall.MOUNT, overlay, place, overlay, 0, scratch.dataPointer(), 0);
      return result == -Errno.EBUSY.number();
    }
  }

  private static byte[] asciiBytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** By number, so that no name is too long. */
  private static String nameOf(Descriptor descriptor) {
    return "/proc/self/fd/" + descriptor.number();
  }

  private static Descriptor emptyDirectory(Descriptor directory) throws SyscallException {
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
