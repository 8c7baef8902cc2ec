package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Checks upper and work directory: their relation to each other, and this process's access to them.
 */
final class UpperDirectories {
  private static final byte[] SELF = {'.'};
  private static final int WRITE_AND_SEARCH = 2 | 1;
  private static final byte[] INCOMPAT = "work/incompat".getBytes(StandardCharsets.US_ASCII);

  /** BTRFS_FIRST_FREE_OBJECTID: the inode number of the root of every subvolume. */
  private static final long SUBVOLUME_ROOT = 256;

  private UpperDirectories() {}

  static void checkDirectories(SpecLayers layers, OpenedLayer place, List<Problem> problems) {
    Optional<OpenedLayer> upper = layers.findLayer(LayerRole.UPPER);
    Optional<OpenedLayer> work = layers.findLayer(LayerRole.WORK);
    upper.ifPresent(layer -> checkSubvolume(layer, problems));
    work.ifPresent(layer -> checkSubvolume(layer, problems));
    if (upper.isPresent() && work.isPresent()) {
      checkMount(upper.get(), work.get(), problems);
    }
    work.ifPresent(layer -> checkVolatile(layer, problems));
    boolean writable = checkWritable(place, problems);
    if (upper.isPresent() && work.isPresent()) {
      writable = checkWritable(work.get(), problems) && writable;
    }
    if (writable) {
      probeUpper(work.orElse(place), place.path(), layers.markNamespace(), problems);
    }
  }

  private static void checkMount(OpenedLayer upper, OpenedLayer work, List<Problem> problems) {
    if (upper.id().mountId() != work.id().mountId()) {
      problems.add(
          Problem.of(
              ProblemCode.UPPER_WORK_ON_DIFFERENT_MOUNTS,
              work.path(),
              "The work directory and the upper " + upper.path() + " are on different mounts.",
              "Put the work directory beside the upper."));
    }
  }

  /**
   * Checks for the root of a subvolume, which the kernel mounts, although every copy-up then fails
   * with EXDEV.
   */
  private static void checkSubvolume(OpenedLayer layer, List<Problem> problems) {
    try {
      if (isSubvolumeRoot(layer.id(), FileSystemInfo.of(layer.handle()))) {
        problems.add(
            Problem.of(
                ProblemCode.UPPER_IS_SUBVOLUME_ROOT,
                layer.path(),
                "The "
                    + layer.role()
                    + " is the root of a btrfs subvolume, so nothing can be moved between upper and"
                    + " work.",
                "Use two plain directories inside one subvolume."));
      }
    } catch (SyscallException e) {
      // The next call that opens it reports the same error.
    }
  }

  static boolean isSubvolumeRoot(FileId id, FileSystemInfo fileSystem) {
    return id.inode() == SUBVOLUME_ROOT && fileSystem.magic() == FileSystemInfo.BTRFS;
  }

  private static void checkVolatile(OpenedLayer work, List<Problem> problems) {
    if (checkAccess(work.handle(), INCOMPAT, 0) == 0) {
      problems.add(
          Problem.of(
              ProblemCode.VOLATILE_LEFTOVER,
              work.path().resolve("work").resolve("incompat"),
              "A volatile mount wrote to this upper, and may still do so: it synced nothing, so"
                  + " after a crash of the machine the upper may be damaged.",
              "If the machine has not crashed since, remove this directory to keep the upper;"
                  + " otherwise discard upper and work and start with empty ones."));
    }
  }

  static boolean isWritable(Descriptor directory) {
    return checkAccess(directory) == 0;
  }

  /**
   * Whether a mount can write to an upper: this process may write to it or owns it. A mount does
   * not check the mode of the upper's root, which is the mode that the view shows and may come from
   * a read-only lower.
   */
  static boolean isWritableUpper(Descriptor upper) throws SyscallException {
    long result = checkAccess(upper);
    return result == 0 || (result == -Errno.EACCES.number() && isOwn(upper));
  }

  private static boolean isOwn(Descriptor directory) throws SyscallException {
    return FileId.ownerOf(directory) == Kernel.call(Syscall.GETEUID);
  }

  private static long checkAccess(Descriptor directory) {
    return checkAccess(directory, SELF, WRITE_AND_SEARCH);
  }

  private static long checkAccess(Descriptor directory, byte[] path, int rights) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return directory.attemptOn(Syscall.FACCESSAT, scratch.putString(path), rights);
    }
  }

  private static boolean isOwnUpper(OpenedLayer layer, long result) {
    try {
      return layer.role() == LayerRole.UPPER
          && result == -Errno.EACCES.number()
          && isOwn(layer.handle());
    } catch (SyscallException e) {
      return false;
    }
  }

  private static boolean checkWritable(OpenedLayer layer, List<Problem> problems) {
    long result = checkAccess(layer.handle());
    if (result == 0 || isOwnUpper(layer, result)) {
      return true;
    }
    Errno errno = Errno.of((int) -result);
    problems.add(
        errno == Errno.EROFS
            ? Problem.of(
                ProblemCode.UPPER_READ_ONLY,
                layer.path(),
                "The " + layer.role() + " is on a read-only mount.",
                "Mount it writable (mount -o remount,rw), or leave the upper out for a read-only"
                    + " view.")
            : Problem.of(
                ProblemCode.UPPER_NOT_WRITABLE,
                layer.path(),
                "This process may not write to the " + layer.role() + ": " + errno.text() + ".",
                "Give its user the right to write to it, or name one that it owns."));
    return false;
  }

  private static void probeUpper(
      OpenedLayer layer, Path upper, MarkNamespace marks, List<Problem> problems) {
    try {
      UpperProbe.findLacking(layer.handle(), upper, marks).ifPresent(problems::add);
    } catch (SyscallException e) {
      problems.add(
          Problem.of(
              ProblemCode.UPPER_NOT_WRITABLE,
              layer.path(),
              "Nothing can be created in the " + layer.role() + ": " + e.errno().text() + ".",
              "Look at the space left, the quota and the attributes (lsattr) of this directory."));
    }
  }
}
