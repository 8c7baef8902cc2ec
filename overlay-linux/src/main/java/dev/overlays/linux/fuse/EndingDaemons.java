package dev.overlays.linux.fuse;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.ProcessEnd;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.FuseDaemon;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits for daemons whose view was unmounted lazily: they end a moment after its last file is
 * closed, and only then is the upper free.
 */
final class EndingDaemons {
  /** An ending daemon needs a few milliseconds. A daemon that takes longer is not ending. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private EndingDaemons() {}

  /**
   * Waits for daemons that have the upper of a spec but no view any more, and for those that are
   * ending.
   */
  static void awaitEnd(OverlaySpec spec) {
    Optional<FileId> upper = spec.upper().flatMap(EndingDaemons::identityOf);
    if (upper.isEmpty()) {
      return;
    }
    for (FuseDaemon daemon : FuseDaemon.listAll()) {
      boolean ending = daemon.arguments().isEmpty();
      if (ending || (hasUpper(daemon, upper.get()) && !isMounted(daemon))) {
        try (ProcessEnd end = ProcessEnd.of(daemon.pid())) {
          end.awaitEnd(PATIENCE);
        } catch (SyscallException e) {
          // It has ended, or the kernel cannot tell when it does.
        }
      }
    }
  }

  private static boolean hasUpper(FuseDaemon daemon, FileId upper) {
    return daemon.openDirectories().stream()
        .flatMap(link -> identityOf(link).stream())
        .anyMatch(upper::isSameFile);
  }

  private static boolean isMounted(FuseDaemon daemon) {
    try {
      return MountTable.ofThisProcess().stream()
          .filter(record -> record.fsType().equals(FuseDaemon.FILE_SYSTEM))
          .anyMatch(record -> daemon.mountPoint().equals(Optional.of(record.mountPoint())));
    } catch (IOException e) {
      return true;
    }
  }

  private static Optional<FileId> identityOf(Path path) {
    try {
      return Optional.of(FileId.of(PathBytes.of(path.toAbsolutePath())));
    } catch (SyscallException e) {
      return Optional.empty();
    }
  }
}
