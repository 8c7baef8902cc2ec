package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystem;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Those questions of {@link Preflight} that have to be asked before every mount, because the kernel
 * would mount all the same and something would be lost: what the mount point holds, what a live
 * mount has in its work directory, what an upper's file system cannot keep, what a lower holds when
 * the upper is inside it.
 */
public final class QuickCheck {
  private static final Path NO_MATTER = Path.of(".");

  /** Where the probe of an upper has passed: what a file system can do does not change. */
  private static final Set<ProbedFileSystem> PROBED = ConcurrentHashMap.newKeySet();

  private record ProbedFileSystem(long device, FileSystem fileSystem, MarkNamespace marks) {}

  private QuickCheck() {}

  /**
   * Tells whether a mount point may be mounted on.
   *
   * @param mountPoint the mount point, opened for reading
   * @return whether it is empty and nothing is mounted there
   * @throws SyscallException if it cannot be told
   */
  public static boolean passesCheck(Descriptor mountPoint) throws SyscallException {
    return MountPointCheck.problemOf(mountPoint, NO_MATTER).isEmpty();
  }

  /**
   * Tells whether the data of files can be verified where that is required.
   *
   * @param spec what is to be mounted
   * @param lowers its lowers, opened for reading
   * @param dataLowers its data-only lowers, opened for reading
   * @return false if every read would fail
   */
  public static boolean passesVerity(
      OverlaySpec spec, List<Descriptor> lowers, List<Descriptor> dataLowers) {
    return VerityCheck.passesCheck(spec, lowers, dataLowers);
  }

  /**
   * Tells whether upper and work may be written to by a mount.
   *
   * @param lowers the lowers of the mount, opened
   * @param upper the upper, opened for reading
   * @param work the work directory, opened for reading
   * @param marks where marks are to be kept
   * @return whether they are writable and outside the lowers, the file system is suitable, and no
   *     live mount uses them
   * @throws SyscallException if it cannot be told
   */
  public static boolean passesCheck(
      List<Descriptor> lowers, Descriptor upper, Descriptor work, MarkNamespace marks)
      throws SyscallException {
    FileId id = FileId.of(upper);
    FileSystem fileSystem = FileSystem.of(upper);
    ProbedFileSystem probed = new ProbedFileSystem(id.device(), fileSystem, marks);
    if (!PROBED.contains(probed)) {
      if (!UpperFileSystem.isSuitable(fileSystem)
          || UpperProbe.findLacking(work, NO_MATTER, marks).isPresent()) {
        return false;
      }
      PROBED.add(probed);
    }
    FileId workId = FileId.of(work);
    return UpperDirectories.isWritableUpper(upper)
        && UpperDirectories.isWritable(work)
        && !LayerOverlaps.anyInside(
            new OpenedLayer(LayerRole.UPPER, NO_MATTER, upper, id),
            new OpenedLayer(LayerRole.WORK, NO_MATTER, work, workId),
            lowers)
        && !UpperDirectories.isSubvolumeRoot(id, fileSystem)
        && !UpperDirectories.isSubvolumeRoot(workId, fileSystem)
        && !InUseProbe.inUse(upper, work);
  }
}
