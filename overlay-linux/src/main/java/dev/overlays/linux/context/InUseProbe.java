package dev.overlays.linux.context;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Asks the kernel whether a live overlay, in any mount namespace, uses a directory as upper or work
 * directory. The probe changes nothing and mounts nothing. Where mount contexts are unavailable,
 * mount(2) is used, for one directory at a time.
 */
public final class InUseProbe {
  private static final List<Path> ELSEWHERE =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  private InUseProbe() {}

  /**
   * Asks about two directories at once, without a line in the kernel's log unless one is in use.
   * The probe creates an unattached read-only overlay with both as lowers, which the kernel refuses
   * if a live overlay writes to one of them. It refuses this only for an overlay with an index, and
   * an overlay without upper has an index only with nfs_export. Source: ovl_get_layers in the
   * kernel's fs/overlayfs/super.c, and ovl_fs_params_verify in params.c.
   *
   * @param first a directory on a file system with file handles, as every upper is
   * @param second another one, neither inside the other
   * @return true if a live overlay writes to one of them; false if none does or the kernel does not
   *     answer
   */
  public static boolean isAnyInUse(Descriptor first, Descriptor second) {
    if (!MountContext.areAvailable()) {
      return isInUse(first) || isInUse(second);
    }
    try (MountContext context = MountContext.open()) {
      context.setString("nfs_export", "on");
      context.setString("redirect_dir", "nofollow");
      switch (LayerPassing.ofThisKernel()) {
        case DESCRIPTORS -> {
          context.setDescriptor("lowerdir+", first);
          context.setDescriptor("lowerdir+", second);
        }
        case NAMES -> {
          context.setString("lowerdir+", magicLinkOf(first));
          context.setString("lowerdir+", magicLinkOf(second));
        }
        case LIST, DATA ->
            context.setString("lowerdir", magicLinkOf(first) + ":" + magicLinkOf(second));
      }
      context.createSuperblock();
      return false;
    } catch (SyscallException e) {
      return e.errno() == Errno.EBUSY;
    }
  }

  /**
   * Asks about one directory. The probe attempts a mount that can never succeed, since its work
   * directory is on another file system; if the directory is in use, the kernel reports that first.
   * Either way the kernel logs a line, which takes milliseconds on a serial console. Source:
   * ovl_get_upper and ovl_get_workdir in the kernel's fs/overlayfs/super.c.
   *
   * @param directory an open directory
   * @return true if a live overlay writes to it; false if none does or the kernel does not answer
   */
  public static boolean isInUse(Descriptor directory) {
    try (Descriptor elsewhere = directoryElsewhere(directory)) {
      return MountContext.areAvailable()
          ? isInUseByContext(directory, elsewhere)
          : isInUseByMount(directory, elsewhere);
    } catch (SyscallException e) {
      return false;
    }
  }

  private static boolean isInUseByContext(Descriptor directory, Descriptor elsewhere) {
    try (MountContext context = MountContext.open()) {
      context.setString("index", "on");
      if (LayerPassing.ofThisKernel() == LayerPassing.DESCRIPTORS) {
        context.setDescriptor("lowerdir+", elsewhere);
        context.setDescriptor("upperdir", directory);
        context.setDescriptor("workdir", elsewhere);
      } else {
        context.setString("lowerdir", magicLinkOf(elsewhere));
        context.setString("upperdir", magicLinkOf(directory));
        context.setString("workdir", magicLinkOf(elsewhere));
      }
      context.createSuperblock();
      return false;
    } catch (SyscallException e) {
      return e.errno() == Errno.EBUSY;
    }
  }

  /** The file system cannot be created, so the mount point does not matter. */
  private static boolean isInUseByMount(Descriptor directory, Descriptor elsewhere) {
    String layers =
        "lowerdir=%2$s,upperdir=%1$s,workdir=%2$s"
            .formatted(magicLinkOf(directory), magicLinkOf(elsewhere));
    try {
      MountCalls.mount("overlay", elsewhere.magicLink(), 0, asciiBytes("index=on," + layers));
      return false;
    } catch (SyscallException e) {
      return e.errno() == Errno.EBUSY;
    }
  }

  private static byte[] asciiBytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The magic link of a descriptor, which is never too long. */
  private static String magicLinkOf(Descriptor descriptor) {
    return "/proc/self/fd/" + descriptor.number();
  }

  private static Descriptor directoryElsewhere(Descriptor directory) throws SyscallException {
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
