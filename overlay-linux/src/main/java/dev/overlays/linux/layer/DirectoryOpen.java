package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;

/**
 * Opens a directory in another, through no link and onto no other mount: what is mounted inside a
 * layer is not part of it, and no view shows it. Source: openat2(2).
 */
final class DirectoryOpen {
  private static final int FLAGS =
      OpenFlags.RDONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW | OpenFlags.CLOEXEC;
  private static final long NO_XDEV = 0x01;
  private static final long NO_MAGICLINKS = 0x02;
  private static final long NO_SYMLINKS = 0x04;
  private static final int HOW_SIZE = 24;

  private static final boolean OPENAT2 = CallProbe.mayUse(Syscall.OPENAT2);

  private DirectoryOpen() {}

  /** Returns the new descriptor, or the negative error number. */
  static long open(Descriptor directory, Name name) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name);
      if (!OPENAT2) {
        return openOnSameMount(directory, path);
      }
      long how = scratch.structPointer(FLAGS, 0, NO_XDEV | NO_MAGICLINKS | NO_SYMLINKS);
      return directory.attemptOn(Syscall.OPENAT2, path, how, HOW_SIZE, 0, 0);
    }
  }

  /**
   * Opens a directory that has been open before, in memory of the caller's. It has to be compared
   * with what it was, so it does not matter here how it is reached.
   */
  static long openAgain(ScratchMemory scratch, int directory, long path) {
    if (!OPENAT2) {
      return Kernel.attempt(Syscall.OPENAT, directory, path, FLAGS, 0);
    }
    long how = scratch.structPointer(FLAGS, 0, NO_XDEV | NO_MAGICLINKS | NO_SYMLINKS);
    return Kernel.attempt(Syscall.OPENAT2, directory, path, how, HOW_SIZE, 0, 0);
  }

  /**
   * Before Linux 5.6: a name is one component, which is no link, so only the mount is to be looked
   * at, after the directory has been opened.
   */
  private static long openOnSameMount(Descriptor directory, long name) {
    long number = directory.attemptOn(Syscall.OPENAT, name, FLAGS, 0);
    if (number < 0) {
      return number;
    }
    Descriptor opened = new Descriptor(number);
    try {
      if (FileId.of(opened).isOnSameMount(FileId.of(directory))) {
        return number;
      }
      opened.close();
      return -Errno.EXDEV.number();
    } catch (SyscallException e) {
      opened.close();
      return -(e.errno() == Errno.OTHER ? Errno.EIO : e.errno()).number();
    }
  }
}
