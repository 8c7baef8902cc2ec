package dev.overlays.linux.machines;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.machines.LockFile.OpenedLockFile;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.spi.LayerSharing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds out who uses a layer that machines share. */
public final class MachineSharing {
  private MachineSharing() {}

  /**
   * Looks at a layer, and changes nothing.
   *
   * @param path where it is
   * @return how it is shared; empty if only this machine has it
   * @throws OverlayException if it does not exist ({@link ProblemCode#LAYER_NOT_FOUND}), is no
   *     directory ({@link ProblemCode#LAYER_NOT_DIRECTORY}) or cannot be opened ({@link
   *     ProblemCode#LAYER_NOT_ACCESSIBLE})
   */
  public static Optional<LayerSharing> of(Path path) throws OverlayException {
    try (Descriptor layer = Descriptor.open(path, OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
      Optional<NetworkFileSystem> fileSystem = NetworkFileSystem.of(layer);
      return fileSystem.isPresent()
          ? Optional.of(sharingOf(path, layer, fileSystem.get()))
          : Optional.empty();
    } catch (SyscallException e) {
      throw new OverlayException(List.of(problemOf(path, e.errno())), e);
    }
  }

  private static Problem problemOf(Path path, Errno errno) {
    return switch (errno) {
      case ENOENT ->
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              path,
              "The layer does not exist.",
              "Create it, mount the disk that it is on, or correct the path.");
      case ENOTDIR ->
          Problem.of(
              ProblemCode.LAYER_NOT_DIRECTORY,
              path,
              "The layer is not a directory.",
              "Name a directory.");
      default ->
          Problem.of(
              ProblemCode.LAYER_NOT_ACCESSIBLE,
              path,
              "The layer cannot be opened: " + errno.text() + ".",
              "Let this process read it, and search it and everything above it.");
    };
  }

  private static LayerSharing sharingOf(Path path, Descriptor layer, NetworkFileSystem fileSystem) {
    String type = fileSystem.type();
    if (!fileSystem.carriesLocks()) {
      return new LayerSharing(
          type, Optional.of(LockProblems.locksNotCarried(path, type)), List.of());
    }
    try {
      Optional<OpenedLockFile> opened = LockFile.open(layer, false);
      if (opened.isEmpty() && FileSystemInfo.of(layer).readOnly()) {
        throw new UnplacedLockException("it is read-only here, and there is no lock file yet");
      }
      if (opened.isEmpty()) {
        return new LayerSharing(type, Optional.empty(), List.of());
      }
      try (LowerLock lock = new LowerLock(opened.get())) {
        return new LayerSharing(
            type, Optional.empty(), lock.listHolders().stream().map(HolderRecord::toUser).toList());
      }
    } catch (IOException e) {
      return new LayerSharing(type, Optional.of(LockProblems.lockMissing(path, e)), List.of());
    }
  }
}
