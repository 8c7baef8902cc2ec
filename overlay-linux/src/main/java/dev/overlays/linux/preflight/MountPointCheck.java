package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DirectoryRecords;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Checks that the view can be mounted at its mount point without hiding anything. */
final class MountPointCheck {
  /** The records of {@code .} and {@code ..}. */
  private static final int DOTS = 2;

  private MountPointCheck() {}

  static void checkMountPoint(OverlaySpec spec, List<Problem> problems) {
    if (spec.mountPoint().isEmpty()) {
      return;
    }
    Path path = spec.mountPoint().get();
    try (Descriptor directory = Descriptor.open(path, OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
      problemOf(directory, path).ifPresent(problems::add);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOENT || spec.instance().isEmpty()) {
        problems.add(openProblem(path, e.errno()));
      }
    }
  }

  /** Returns the problem of an open mount point. */
  static Optional<Problem> problemOf(Descriptor directory, Path path) throws SyscallException {
    if (FileId.of(directory).mountRoot()) {
      return Optional.of(
          Problem.of(
              ProblemCode.MOUNT_POINT_IN_USE,
              path,
              "Something is mounted at the mount point already.",
              "Unmount it first, take it over with Overlays.find, or name another directory."));
    }
    if (!isEmpty(directory)) {
      return Optional.of(
          Problem.of(
              ProblemCode.MOUNT_POINT_NOT_EMPTY,
              path,
              "The mount point holds files, which the view would hide.",
              "Name an empty directory, or move the files away."));
    }
    return Optional.empty();
  }

  private static boolean isEmpty(Descriptor directory) throws SyscallException {
    byte[] records = DirectoryRecords.firstBlock(directory);
    int entries = 0;
    for (int at = 0; at < records.length; at += DirectoryRecords.lengthAt(records, at)) {
      entries++;
    }
    return entries <= DOTS;
  }

  private static Problem openProblem(Path path, Errno errno) {
    return switch (errno) {
      case ENOENT ->
          Problem.of(
              ProblemCode.MOUNT_POINT_NOT_FOUND,
              path,
              "The mount point does not exist.",
              "Create it, or use instance(directory), which creates it when mounting.");
      case ENOTDIR ->
          Problem.of(
              ProblemCode.MOUNT_POINT_NOT_DIRECTORY,
              path,
              "The mount point or something above it is not a directory.",
              "Name an empty directory.");
      default ->
          Problem.of(
              ProblemCode.MOUNT_POINT_NOT_ACCESSIBLE,
              path,
              "The mount point cannot be opened: " + errno.text() + ".",
              "Let this process read it, and search it and everything above it.");
    };
  }
}
