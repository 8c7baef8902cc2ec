package dev.overlays.linux.fuse;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.ProcessEnd;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.FuseDaemon;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Daemons whose view was unmounted lazily: when the last file of it is closed they end, a moment
 * later, and only then is the upper free. Nobody else waits for that.
 */
final class LastDaemons {
  /** An ending one needs a few milliseconds. One that does not end is told from it by the time. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private LastDaemons() {}

  /**
   * Waits for those that have the upper of a spec and no view any more, and those that are ending.
   */
  static void awaitEnd(OverlaySpec spec) {
    Optional<FileId> upper = spec.upper().flatMap(LastDaemons::identityOf);
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
    return daemon.layerDirectories().stream()
        .flatMap(link -> identityOf(link).stream())
        .anyMatch(upper::sameFile);
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
