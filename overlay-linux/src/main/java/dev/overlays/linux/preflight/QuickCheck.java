package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.preflight.OpenedLayer.LayerRole;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The checks of {@link Preflight} that run before every mount, because the kernel would mount
 * anyway and data would be lost: files in the mount point, the work directory of a live mount, what
 * the upper's file system cannot store, and the content of a lower that contains the upper.
 */
public final class QuickCheck {
  private static final Path NO_MATTER = Path.of(".");

  /** The file systems on which the probe of an upper has passed: their abilities do not change. */
  private static final Set<List<Object>> PROBED = ConcurrentHashMap.newKeySet();

  private QuickCheck() {}

  /**
   * A list and no record, since the first comparison of records takes milliseconds in a new JVM.
   */
  private static List<Object> probedKey(FileId id, FileSystemInfo info, MarkNamespace marks) {
    return List.of(id.device(), info.magic(), info.id(), info.readOnly(), marks);
  }

  /**
   * Returns whether a mount point can be used.
   *
   * @param mountPoint the mount point, opened for reading
   * @return whether it is empty and no mount point yet
   * @throws SyscallException if it cannot be told
   */
  public static boolean passesMountPoint(Descriptor mountPoint) throws SyscallException {
    return MountPointCheck.problemOf(mountPoint, NO_MATTER).isEmpty();
  }

  /**
   * Returns whether the data of files can be verified if the spec requires it.
   *
   * @param spec what is to be mounted
   * @param lowers its lowers, opened for reading
   * @param dataLowers its data-only lowers, opened for reading
   * @return false if every read would fail
   */
  public static boolean canVerify(
      OverlaySpec spec, List<Descriptor> lowers, List<Descriptor> dataLowers) {
    return VerityCheck.passesVerity(spec, lowers, dataLowers);
  }

  /**
   * Returns whether a mount may use upper and work directory.
   *
   * @param lowers the lowers of the mount, opened
   * @param upper the upper, opened for reading
   * @param work the work directory, opened for reading
   * @param marks the namespace of the marks
   * @return whether both are writable and outside the lowers, the file system is suitable, and no
   *     live mount uses them
   * @throws SyscallException if it cannot be told
   */
  public static boolean passesUpper(
      List<Descriptor> lowers, Descriptor upper, Descriptor work, MarkNamespace marks)
      throws SyscallException {
    FileId id = FileId.of(upper);
    FileSystemInfo fileSystem = FileSystemInfo.of(upper);
    List<Object> probed = probedKey(id, fileSystem, marks);
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
        && !LayerOverlaps.isAnyInside(
            new OpenedLayer(LayerRole.UPPER, NO_MATTER, upper, id),
            new OpenedLayer(LayerRole.WORK, NO_MATTER, work, workId),
            lowers)
        && !UpperDirectories.isSubvolumeRoot(id, fileSystem)
        && !UpperDirectories.isSubvolumeRoot(workId, fileSystem)
        && !InUseProbe.isAnyInUse(upper, work);
  }
}
