package dev.overlays.linux.mount;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process uses of a mount: the working directory, the root, the program, the open files and
 * the mappings. Source: proc(5).
 */
final class ProcessUses {
  private static final Map<String, String> LINKS =
      Map.of("cwd", "working directory", "root", "root directory", "exe", "program");

  private final InspectedMount mount;
  private final Path process;
  private final Map<Path, String> uses = new LinkedHashMap<>();
  private boolean onlyRootOpen = true;

  private ProcessUses(InspectedMount mount, Path process) {
    this.mount = mount;
    this.process = process;
  }

  /** Looks at a process, by its directory in /proc. */
  static ProcessUses of(InspectedMount mount, Path process) {
    ProcessUses found = new ProcessUses(mount, process);
    LINKS.forEach((link, use) -> found.add(process.resolve(link), use, false));
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      descriptors.forEach(descriptor -> found.add(descriptor, "open file", true));
    } catch (IOException | DirectoryIteratorException e) {
      // The process has ended, or this process may not inspect it.
    }
    for (Path file : mount.mappedFilesOf(process)) {
      found.uses.putIfAbsent(file, "mapped file");
      found.onlyRootOpen = false;
    }
    return found;
  }

  /** A link of /proc leads to the file itself, so what it leads to tells its mount. */
  private void add(Path link, String use, boolean open) {
    try {
      FileId file = FileId.of(link.toString().getBytes(StandardCharsets.US_ASCII));
      if (mount.containsFile(file) && !mount.isOwnDescriptor(link, file)) {
        uses.putIfAbsent(mount.pathSeenHere(Files.readSymbolicLink(link)), use);
        onlyRootOpen &= open && file.mountRoot();
      }
    } catch (IOException e) {
      // The process has let go, has ended, or this process may not inspect it.
    }
  }

  boolean isEmpty() {
    return uses.isEmpty();
  }

  /** Whether it has the root of the view open and nothing else, as a search for live views has. */
  boolean isGlance() {
    return !uses.isEmpty() && onlyRootOpen;
  }

  /** Tells all of it. */
  Problem heldProblem() {
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
