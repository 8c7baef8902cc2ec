package dev.overlays.linux.preflight;

import dev.overlays.linux.syscall.FileId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Who has a lock of flock(2) on a file. The kernel tells by which process it was taken, which may
 * have left it to a child; and by the number of the file system itself, which on btrfs is not that
 * of its files. Source: proc_locks(5).
 */
final class LockHolders {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final int KIND = 1;
  private static final int PROCESS = 4;
  private static final int FILE = 5;
  private static final int FIELDS = 6;

  private final Set<Long> processes;

  private LockHolders(Set<Long> processes) {
    this.processes = processes;
  }

  static LockHolders of(FileId file) {
    try {
      return of(Files.readAllLines(LOCKS, StandardCharsets.ISO_8859_1), file);
    } catch (IOException e) {
      return new LockHolders(Set.of());
    }
  }

  static LockHolders of(List<String> lines, FileId file) {
    String wanted =
        String.format(
            Locale.ROOT,
            "%02x:%02x:%s",
            file.device() >>> Integer.SIZE,
            file.device() & 0xffffffffL,
            Long.toUnsignedString(file.inode()));
    Set<Long> processes = new LinkedHashSet<>();
    for (String line : lines) {
      // Those that wait have an arrow in the place of the kind.
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length >= FIELDS
          && fields[KIND].equals("FLOCK")
          && fields[FILE].equals(wanted)
          && fields[PROCESS].matches("[1-9]\\d*")) {
        processes.add(Long.parseLong(fields[PROCESS]));
      }
    }
    return new LockHolders(processes);
  }

  /** Whether it is this JVM alone. */
  boolean areThisProcess() {
    return processes.equals(Set.of(ProcessHandle.current().pid()));
  }

  /** Who they are, for the middle of a sentence. */
  String holderWords() {
    return processes.isEmpty()
        ? "a process that cannot be told from here"
        : String.join(" and ", processes.stream().map(LockHolders::holderWords).toList());
  }

  private static String holderWords(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try {
      String name =
          new String(Files.readAllBytes(process.resolve("comm")), StandardCharsets.ISO_8859_1)
              .strip();
      String user = Files.getOwner(process, LinkOption.NOFOLLOW_LINKS).getName();
      return "process " + pid + " (" + name + ") of user " + user;
    } catch (IOException e) {
      return "process " + pid + " (which has ended, and left the lock to a child)";
    }
  }
}
