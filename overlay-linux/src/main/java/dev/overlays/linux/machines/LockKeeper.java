package dev.overlays.linux.machines;

import dev.overlays.linux.machines.HolderRecord.LowerUse;
import dev.overlays.linux.namespace.NamespacePrograms;
import dev.overlays.linux.syscall.ChildDescriptor;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.ProcessEnd;
import dev.overlays.linux.syscall.RangeLock;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.syscall.TrustedProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A shell that holds the lock of a mounted view, since the view may outlive this JVM. It opens the
 * lock file and waits; this JVM takes the locks by a duplicate of that descriptor, so that they are
 * the shell's, too. Then the shell looks every two seconds whether a mount table still shows the
 * view, and ends when none does.
 *
 * <p>It does not ignore SIGTERM: a service manager that stops all processes of a service would wait
 * in vain.
 */
final class LockKeeper {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");
  private static final String NAME = "overlays-lock-keeper";
  private static final int LOCK_FILE = 3;
  private static final Duration TIME_TO_END = Duration.ofSeconds(10);

  /** By this variable it and its children are told from others. */
  private static final String MARK = "OVERLAYS_LOCK_KEEPER";

  /**
   * Until it is told the number of the view's file system, it goes by the mount point: the JVM may
   * have been killed between the two. A number may be given to another overlay later, which has
   * other options then. It looks into the tables of other namespaces as well, where a copy of the
   * view may be; but it does not keep a namespace alive in which only keepers are left. No child
   * has the lock file open.
   */
  private static final String SCRIPT =
      """
      trap 'kill $! 2>/dev/null; exit 0' TERM
      trap '' INT HUP QUIT PIPE
      cd /
      if [ -n "$4" ]; then exec 3<>"$1"; else exec 3<"$1"; fi || exit 1
      echo open
      read -r device
      exec </dev/null >/dev/null 2>&1
      options=
      other=$2
      find_view() {
        line=$(grep -F -e "$key" "$1" 3<&- | grep -m 1 -F -e "$options" 3<&-)
        [ -n "$line" ]
      }
      is_neighbour() {
        [ "$1/ns/mnt" -ef /proc/self/ns/mnt ]
      }
      find_neighbour() {
        is_neighbour "$other" && return
        for other in $(grep -L OVERLAYS_LOCK_KEEPER= /proc/[0-9]*/environ 3<&-); do
          other=${other%/environ}
          is_neighbour "$other" && return
        done
        return 1
      }
      find_view_elsewhere() {
        for process in $(grep -lF -e "$key" /proc/[0-9]*/mountinfo 3<&-); do
          process=${process%/mountinfo}
          is_neighbour "$process" || { find_view "$process/mountinfo" && return; }
        done
        return 1
      }
      if [ -n "$device" ]; then
        key=" $device /"
        find_view /proc/self/mountinfo
        options=${line##* - }
        options=${options#*,}
      else
        key=" / $(printf %b "$3") "
      fi
      while find_view /proc/self/mountinfo && find_neighbour || find_view_elsewhere; do
        sleep 2 3<&- &
        wait $!
      done
      """;

  private final Process process;
  private final BufferedReader words;

  private LockKeeper(Process process) {
    this.process = process;
    words = process.inputReader(StandardCharsets.US_ASCII);
  }

  /**
   * Starts one that holds a lower for a view.
   *
   * @param held the lock of this process
   * @param mountPoint where the view is going to be mounted
   * @return the keeper; empty where none can be, which is logged
   */
  static Optional<LockKeeper> startKeeper(LowerLock held, Path mountPoint) throws IOException {
    Optional<List<String>> command = findCommand(held, mountPoint);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    ProcessBuilder builder =
        new ProcessBuilder(command.get()).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().put("PATH", TrustedProgram.searchPath());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put(MARK, "1");
    LockKeeper keeper = new LockKeeper(builder.start());
    try {
      if (keeper.takeLock(held, mountPoint)) {
        return Optional.of(keeper);
      }
      warn("it did not open the lock file");
    } catch (SyscallException e) {
      warn(e.getMessage());
    } catch (IOException | RuntimeException | Error e) {
      keeper.end();
      throw e;
    }
    keeper.end();
    return Optional.empty();
  }

  private boolean takeLock(LowerLock held, Path mountPoint) throws IOException {
    if (!"open".equals(words.readLine())) {
      return false;
    }
    try (LowerLock lock =
        held.throughDuplicate(ChildDescriptor.duplicateOf(process.pid(), LOCK_FILE))) {
      // Where /proc belongs to another PID namespace, the path leads to some other file.
      return FileId.of(lock.lockFile()).isSameFile(FileId.of(held.lockFile()))
          && lock.tryShare(
              HolderRecord.ofThisMachine(process.pid(), LowerUse.VIEW, mountPoint.toString()));
    }
  }

  private static Optional<List<String>> findCommand(LowerLock held, Path mountPoint) {
    Optional<Path> shell = NamespacePrograms.findProgram("sh");
    if (shell.isEmpty()
        || NamespacePrograms.findProgram("grep").isEmpty()
        || NamespacePrograms.findProgram("sleep").isEmpty()) {
      warn("sh, grep or sleep is not installed");
      return Optional.empty();
    }
    String process = "/proc/" + ProcessHandle.current().pid();
    return Optional.of(
        List.of(
            shell.get().toString(),
            "-c",
            SCRIPT,
            NAME,
            process + "/fd/" + held.lockFile().number(),
            process,
            PrintedPath.of(mountPoint),
            held.isWritable() ? "writable" : ""));
  }

  private static void warn(String why) {
    LOG.log(
        System.Logger.Level.WARNING,
        "no process can hold the lock of a view after this JVM ("
            + why
            + "): when the JVM ends while the view is mounted, other machines may merge into its"
            + " lowers");
  }

  /** Tells it which file system the view is. */
  void tellMounted(String device) throws IOException {
    process.getOutputStream().write((device + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().close();
    words.close();
  }

  /** Ends it; the lock is released when this returns. */
  void end() {
    endProcess(process.toHandle());
  }

  /**
   * Ends the keeper that another process has started.
   *
   * @param pid its ID, as its record says, which may be that of a process in another container
   * @param mountPoint where its view was mounted
   */
  static void endKeeper(long pid, Path mountPoint) {
    ProcessHandle.of(pid)
        .filter(handle -> isKeeperOf(handle, mountPoint))
        .ifPresent(LockKeeper::endProcess);
  }

  private static boolean isKeeperOf(ProcessHandle handle, Path mountPoint) {
    try {
      byte[] words = Files.readAllBytes(Path.of("/proc", Long.toString(handle.pid()), "cmdline"));
      String command = new String(words, StandardCharsets.ISO_8859_1);
      return command.contains("\0" + NAME + "\0")
          && command.contains("\0" + PrintedPath.of(mountPoint) + "\0");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Unlocks first: the server hears of a closed file only some time after its process has ended.
   */
  private static void endProcess(ProcessHandle handle) {
    if (!handle.isAlive()) {
      return;
    }
    try (Descriptor lock = ChildDescriptor.duplicateOf(handle.pid(), LOCK_FILE)) {
      RangeLock.releaseAll(lock);
    } catch (SyscallException e) {
      // It has ended, or has no lock yet.
    }
    // A container's first process may never ask for its end, and it stays as a zombie.
    try (ProcessEnd end = ProcessEnd.of(handle.pid())) {
      handle.destroy();
      if (!end.awaitEnd(TIME_TO_END)) {
        handle.destroyForcibly();
      }
    } catch (SyscallException e) {
      // It has ended.
    }
  }
}
