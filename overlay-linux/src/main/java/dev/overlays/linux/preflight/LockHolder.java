package dev.overlays.linux.preflight;

import dev.overlays.linux.syscall.FileId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who has a lock on a directory, as far as the kernel tells: it does not of processes in other PID
 * namespaces, nor where a file system has another device number there than for stat(2), as btrfs
 * has. Source: /proc/locks in proc(5), {@code 1: FLOCK ADVISORY WRITE 708 08:02:1234 0 EOF}.
 */
final class LockHolder {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final int TYPE = 1;
  private static final int PROCESS = 4;
  private static final int FILE = 5;

  private LockHolder() {}

  /** The process that has locked a file, as long as it lives. */
  static Optional<ProcessHandle> of(FileId file) {
    String name =
        String.format(
            "%02x:%02x:%d", file.device() >>> 32, file.device() & 0xffffffffL, file.inode());
    try (Stream<String> lines = Files.lines(LOCKS)) {
      return lines
          .map(line -> line.trim().split("\\s+"))
          .filter(f -> f.length > FILE && f[TYPE].equals("FLOCK") && f[FILE].equals(name))
          .flatMap(fields -> ProcessHandle.of(Long.parseLong(fields[PROCESS])).stream())
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
