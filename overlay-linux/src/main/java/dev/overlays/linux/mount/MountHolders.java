package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who uses a mount: the mounts on it, and of each process that may be looked at the working
 * directory, the root, the program, the open files and the mappings. Source: proc(5).
 */
public final class MountHolders {
  private static final Path PROC = Path.of("/proc");
  private static final Map<String, String> LINKS =
      Map.of("cwd", "working directory", "root", "root directory", "exe", "program");

  private final HeldMount mount;
  private final List<Problem> found = new ArrayList<>();

  private MountHolders(HeldMount mount) {
    this.mount = mount;
  }

  /**
   * Looks for those who use a mount of this process's own mount namespace.
   *
   * @param mountPoint where it is mounted
   * @param mount an identity of its root
   * @return one problem for each that can be seen
   */
  public static List<Problem> holdersAt(Path mountPoint, FileId mount) {
    return of(HeldMount.mountAt(mountPoint, mount));
  }

  static List<Problem> of(HeldMount mount) {
    MountHolders holders = new MountHolders(mount);
    holders.findMounts();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      processes.forEach(holders::findIn);
    } catch (IOException | DirectoryIteratorException e) {
      // Without /proc nobody can be named.
      return holders.found;
    }
    return holders.found;
  }

  /**
   * Finds who uses a mount of another namespace.
   *
   * @param pid a process that lives there
   * @param mountPoint where it is mounted there
   * @param root where this process sees it
   * @param id an identity of its root
   * @return a problem for each
   */
  public static List<Problem> holdersIn(long pid, Path mountPoint, Path root, FileId id) {
    return of(HeldMount.mountIn(Long.toString(pid), mountPoint, root, id));
  }

  /**
   * Returns what is thrown when they keep a view mounted.
   *
   * @param place where the view is seen
   * @param holders who uses it
   * @return an exception that tells all of it
   */
  public static OverlayException busyRefusal(Path place, List<Problem> holders) {
    return busyRefusal(place, "The view is in use, so it stays mounted.", holders);
  }

  static OverlayException busyRefusal(Path place, String what, List<Problem> holders) {
    List<Problem> problems = new ArrayList<>();
    problems.add(
        Problem.of(
            ProblemCode.MOUNT_BUSY,
            place,
            what,
            "Let the holders named here end or let go, and try again; or close with"
                + " UnmountOptions.waitingUpTo(duration)."));
    problems.addAll(holders);
    return new OverlayException(problems);
  }

  private void findMounts() {
    try {
      Optional<Integer> self = mount.tableId();
      if (self.isEmpty()) {
        return;
      }
      for (MountRecord record : mount.presentTable()) {
        if (record.parentId() == self.get()) {
          found.add(
              Problem.of(
                  ProblemCode.MOUNT_HELD,
                  mount.presentPlace(record.mountPoint()),
                  "A " + record.fsType() + " file system is mounted inside the view.",
                  "Unmount it first."));
        }
      }
    } catch (IOException e) {
      // The processes may still tell.
    }
  }

  private void findIn(Path process) {
    Map<Path, String> uses = new LinkedHashMap<>();
    LINKS.forEach((link, use) -> findHolders(process.resolve(link), use, uses));
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      descriptors.forEach(descriptor -> findHolders(descriptor, "open file", uses));
    } catch (IOException | DirectoryIteratorException e) {
      // The process has ended, or is none of ours to look at.
    }
    for (Path file : mount.mappedIn(process)) {
      uses.putIfAbsent(file, "mapped file");
    }
    if (!uses.isEmpty()) {
      found.add(heldProblem(process, uses));
    }
  }

  /** A link of /proc leads to the file itself, so what it leads to tells its mount. */
  private void findHolders(Path link, String use, Map<Path, String> uses) {
    try {
      FileId file = FileId.of(link.toString().getBytes(StandardCharsets.US_ASCII));
      if (mount.hasMount(file) && !mount.isOwn(link, file)) {
        uses.putIfAbsent(mount.presentPlace(Files.readSymbolicLink(link)), use);
      }
    } catch (IOException e) {
      // The process has let go, has ended, or is none of ours to look at.
    }
  }

  private static Problem heldProblem(Path process, Map<Path, String> uses) {
    String pid = process.getFileName().toString();
    StringBuilder what = new StringBuilder();
    uses.forEach((path, use) -> what.append(", ").append(use).append(' ').append(path));
    return Problem.of(
        ProblemCode.MOUNT_HELD,
        uses.keySet().iterator().next(),
        "Process " + pid + " (" + commandOf(process) + ") uses it: " + what.substring(2) + ".",
        pid.equals(Long.toString(ProcessHandle.current().pid()))
            ? "It is this very JVM: close its streams, channels and mappings of the view."
            : "End it, or let it leave the view.");
  }

  private static String commandOf(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "ended meanwhile";
    }
  }
}
