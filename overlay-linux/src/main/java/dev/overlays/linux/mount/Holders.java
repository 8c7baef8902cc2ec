package dev.overlays.linux.mount;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
final class Holders {
  private static final Path PROC = Path.of("/proc");
  private static final List<String> LINK_DIRECTORIES = List.of("fd", "map_files");
  private static final Map<String, String> LINKS =
      Map.of("cwd", "working directory", "root", "root directory", "exe", "program");

  private final Path mountPoint;
  private final FileId mount;
  private final List<Problem> found = new ArrayList<>();

  private Holders(Path mountPoint, FileId mount) {
    this.mountPoint = mountPoint;
    this.mount = mount;
  }

  static List<Problem> of(Path mountPoint, FileId mount) {
    Holders holders = new Holders(mountPoint, mount);
    holders.findMounts();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      processes.forEach(holders::findIn);
    } catch (IOException e) {
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
    for (String directory : LINK_DIRECTORIES) {
      String use = directory.equals("fd") ? "open file" : "mapped file";
      try (DirectoryStream<Path> links = Files.newDirectoryStream(process.resolve(directory))) {
        links.forEach(link -> find(link, use, uses));
      } catch (IOException e) {
        // The process has ended, or is none of ours to look at: the next directory may tell.
      }
    }
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
      boolean same =
          file.mountId() == mount.mountId() && file.uniqueMountId() == mount.uniqueMountId();
      Path target = Files.readSymbolicLink(link);
      // A mapping leads to the file in the layer, but is named as it was opened.
      if (same || (use.equals("mapped file") && target.startsWith(mountPoint))) {
        uses.putIfAbsent(target, use);
      }
    } catch (IOException e) {
      // The process has let go, has ended, or is none of ours to look at.
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
