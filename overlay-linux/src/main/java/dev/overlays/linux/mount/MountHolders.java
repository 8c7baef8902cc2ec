package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who uses a mount: the mounts on it, and each process that may be looked at. */
public final class MountHolders {
  private static final Path PROC = Path.of("/proc");

  private final InspectedMount mount;
  private final List<Problem> found = new ArrayList<>();

  /** Processes that have nothing but the root of the view open. */
  private final Map<Path, Problem> glancing = new LinkedHashMap<>();

  private MountHolders(InspectedMount mount) {
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
    return of(InspectedMount.ofMountAt(mountPoint, mount));
  }

  static List<Problem> of(InspectedMount mount) {
    MountHolders holders = new MountHolders(mount);
    holders.findMountsInside();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      processes.forEach(holders::findIn);
    } catch (IOException | DirectoryIteratorException e) {
      // Without /proc nobody can be named.
      return holders.found;
    }
    RetryBackoff.awaitGlances(holders::recheckRootOnly);
    holders.found.addAll(holders.glancing.values());
    return holders.found;
  }

  /** Asks again who had only the root open: a scan of all mounts has closed it by now. */
  private boolean recheckRootOnly() {
    List<Path> again = List.copyOf(glancing.keySet());
    glancing.clear();
    again.forEach(this::findIn);
    return glancing.isEmpty();
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
    return of(InspectedMount.inNamespaceOf(Long.toString(pid), mountPoint, root, id));
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
            "Let the holders named here end or close it, and try again; or close with"
                + " UnmountOptions.waitingUpTo(duration)."));
    problems.addAll(holders);
    return new OverlayException(problems);
  }

  private void findMountsInside() {
    try {
      Optional<Integer> self = mount.idInTable();
      if (self.isEmpty()) {
        return;
      }
      for (MountRecord record : mount.surroundingMounts()) {
        if (record.parentId() == self.get()) {
          found.add(
              Problem.of(
                  ProblemCode.MOUNT_HELD,
                  mount.pathSeenHere(record.mountPoint()),
                  "A " + record.fsType() + " file system is mounted inside the view.",
                  "Unmount it first."));
        }
      }
    } catch (IOException e) {
      // The processes may still tell.
    }
  }

  private void findIn(Path process) {
    ProcessUses uses = ProcessUses.of(mount, process);
    if (uses.isGlance()) {
      glancing.put(process, uses.heldProblem());
    } else if (!uses.isEmpty()) {
      found.add(uses.heldProblem());
    }
  }
}
