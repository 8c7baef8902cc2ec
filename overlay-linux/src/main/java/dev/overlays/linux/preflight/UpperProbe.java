package dev.overlays.linux.preflight;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DirectoryRecords;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tests whether an upper's file system has what the kernel needs. The kernel mounts without most of
 * it, and the view then loses deletions or directories. The probe works in a directory of its own,
 * which it removes.
 */
final class UpperProbe {
  private static final int S_IFREG = 0x8000;
  private static final int OWNER_ONLY = 0x1c0;
  private static final int RENAME_WHITEOUT = 4;
  private static final int REMOVE_DIRECTORY = 0x200;
  private static final byte[] FILE = {'a'};
  private static final byte[] RENAMED = {'b'};

  private UpperProbe() {}

  /** Returns what a file system lacks, tested in one of its directories. */
  static Optional<Problem> findLacking(Descriptor directory, Path path, MarkNamespace marks)
      throws SyscallException {
    if (!reportsTypes(directory)) {
      return Optional.of(
          lacksProblem(
              ProblemCode.UPPER_LACKS_D_TYPE, path, "does not report types in listings (d_type)"));
    }
    byte[] name = uniqueName();
    makeProbe(directory, name);
    try (Descriptor probe = directory.openAt(name, OpenFlags.RDONLY | OpenFlags.DIRECTORY);
        ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      return tryUpper(scratch, probe, path, marks);
    } finally {
      removeProbe(directory, name, REMOVE_DIRECTORY);
    }
  }

  /** Two numbers suffice; a secure generator would take milliseconds to start. */
  private static byte[] uniqueName() {
    long random = ThreadLocalRandom.current().nextLong();
    String name =
        ".overlays-probe-" + Long.toHexString(random) + "-" + Long.toHexString(System.nanoTime());
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  private static void makeProbe(Descriptor directory, byte[] name) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      directory.callOn(Syscall.MKDIRAT, scratch.putString(name), OWNER_ONLY);
    }
  }

  private static Optional<Problem> tryUpper(
      ScratchMemory scratch, Descriptor probe, Path path, MarkNamespace marks)
      throws SyscallException {
    byte[] xattr = Mark.OPAQUE.xattr(marks).getBytes(StandardCharsets.US_ASCII);
    long value = scratch.putSecondString(new byte[] {'y'});
    long set = probe.attemptOn(Syscall.FSETXATTR, scratch.putString(xattr), value, 1, 0);
    // A process that may not mount may not set trusted.* either, whatever the file system supports.
    if (set < 0 && set != -Errno.EPERM.number()) {
      return Optional.of(
          lacksProblem(
              ProblemCode.UPPER_LACKS_XATTR, path, "keeps no attributes " + marks.prefix() + "*"));
    }
    probe.callOn(Syscall.MKNODAT, scratch.putString(FILE), S_IFREG | OWNER_ONLY, 0);
    try {
      long result =
          probe.attemptOn(
              Syscall.RENAMEAT2,
              scratch.putString(FILE),
              probe,
              scratch.putSecondString(RENAMED),
              RENAME_WHITEOUT,
              0);
      // If this process may not make the call, the kernel itself still can.
      return result == 0 || (Errno.isUnavailable(result) && !CallProbe.mayUse(Syscall.RENAMEAT2))
          ? Optional.empty()
          : Optional.of(
              lacksProblem(
                  ProblemCode.UPPER_LACKS_WHITEOUT,
                  path,
                  "cannot leave a whiteout behind a renamed file (RENAME_WHITEOUT)"));
    } finally {
      removeProbe(probe, FILE, 0);
      removeProbe(probe, RENAMED, 0);
    }
  }

  private static void removeProbe(Descriptor directory, byte[] name, int flags) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      directory.attemptOn(Syscall.UNLINKAT, scratch.putString(name), flags);
    }
  }

  /** The kernel judges by the entry ".", too. Source: ovl_check_d_type_supported. */
  private static boolean reportsTypes(Descriptor directory) throws SyscallException {
    byte[] records = DirectoryRecords.firstBlock(directory);
    return records.length > 0 && DirectoryRecords.typeAt(records, 0) != 0;
  }

  private static Problem lacksProblem(ProblemCode code, Path path, String what) {
    return Problem.of(
        code,
        path,
        "The file system of the upper " + what + ".",
        "Put upper and work on ext4, xfs (made with ftype=1), btrfs or tmpfs.");
  }
}
