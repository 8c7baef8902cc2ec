package dev.overlays.linux.mount;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
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
public final class Holders {
  private static final Path PROC = Path.of("/proc");
  private static final Map<String, String> LINKS =
      Map.of("cwd", "working directory", "root", "root directory", "exe", "program");

  private final Path mountPoint;
  private final FileId mount;
  private final List<Problem> found = new ArrayList<>();

  private Holders(Path mountPoint, FileId mount) {
    this.mountPoint = mountPoint;
    this.mount = mount;
  }

  /**
   * Looks for them.
   *
   * @param mountPoint where the mount is seen
   * @param mount an identity of its root
   * @return one problem for each that can be seen
   */
  public static List<Problem> of(Path mountPoint, FileId mount) {
    Holders holders = new Holders(mountPoint, mount);
    holders.findMounts();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      processes.forEach(holders::findIn);
    } catch (IOException | DirectoryIteratorException e) {
      // Without /proc nobody can be named.
      return holders.found;
    }
    return holders.found;
  }

  private void findMounts() {
    try {
      Optional<MountRecord> self = MountTable.find(mount);
      for (MountRecord record : MountTable.ofThisProcess()) {
        if (self.isPresent() && record.parentId() == self.get().id()) {
          found.add(
              Problem.of(
                  ProblemCode.MOUNT_HELD,
                  record.mountPoint(),
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
    LINKS.forEach((link, use) -> find(process.resolve(link), use, uses));
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      descriptors.forEach(descriptor -> find(descriptor, "open file", uses));
    } catch (IOException | DirectoryIteratorException e) {
      // The process has ended, or is none of ours to look at.
    }
    findMappings(process, uses);
    if (!uses.isEmpty()) {
      String pid = process.getFileName().toString();
      StringBuilder what = new StringBuilder();
      uses.forEach((path, use) -> what.append(", ").append(use).append(' ').append(path));
      found.add(
          Problem.of(
              ProblemCode.MOUNT_HELD,
              uses.keySet().iterator().next(),
              "Process " + pid + " (" + command(process) + ") uses it: " + what.substring(2) + ".",
              pid.equals(Long.toString(ProcessHandle.current().pid()))
                  ? "It is this very JVM: close its streams, channels and mappings of the view."
                  : "End it, or let it leave the view."));
    }
  }

  /** A link of /proc leads to the file itself, so what it leads to tells its mount. */
  private void find(Path link, String use, Map<Path, String> uses) {
    try {
      FileId file = FileId.of(link.toString().getBytes(StandardCharsets.US_ASCII));
      if (file.mountId() == mount.mountId() && file.uniqueMountId() == mount.uniqueMountId()) {
        uses.putIfAbsent(Files.readSymbolicLink(link), use);
      }
    } catch (IOException e) {
      // The process has let go, has ended, or is none of ours to look at.
    }
  }

  /** A mapping leads to the file in its layer, but is listed by the name that it was opened by. */
  private void findMappings(Path process, Map<Path, String> uses) {
    try {
      byte[] maps = Files.readAllBytes(process.resolve("maps"));
      for (String line : new String(maps, StandardCharsets.ISO_8859_1).split("\n", -1)) {
        int start = line.indexOf('/');
        if (start >= 0) {
          Path file = PathBytes.toPath(line.substring(start).getBytes(StandardCharsets.ISO_8859_1));
          if (file.startsWith(mountPoint)) {
            uses.putIfAbsent(file, "mapped file");
          }
        }
      }
    } catch (IOException e) {
      // The process has ended, or is none of ours to look at.
    }
  }

  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "ended meanwhile";
    }
  }
}
