package dev.overlays.linux.table;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The mount namespaces that this process can look into, each by one process that lives there. */
public final class MountNamespaces {
  private MountNamespaces() {}

  /**
   * Finds a process for each namespace.
   *
   * @return process IDs; first {@code self} for this process's own namespace
   */
  public static List<String> representativePids() {
    List<String> pids = new ArrayList<>();
    pids.add("self");
    Set<String> seen = new HashSet<>();
    seen.add(namespaceOf(Path.of("/proc/self")));
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String namespace = namespaceOf(process);
        if (!namespace.isEmpty() && seen.add(namespace)) {
          pids.add(process.getFileName().toString());
        }
      }
    } catch (IOException e) {
      // Without a list of processes there is only one namespace to be seen.
    }
    return pids;
  }

  /**
   * Reads the mounts that a process sees.
   *
   * @param pid its process ID
   * @return the mounts; none if it has ended or is hidden from this process
   */
  public static List<MountRecord> tableOf(String pid) {
    try {
      return MountTable.ofProcess(pid);
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Returns the path by which this process sees what another one has at a path.
   *
   * @param pid its process ID, or {@code self}
   * @param path an absolute path
   * @return the same for this process itself
   */
  public static Path pathSeenHere(String pid, Path path) {
    return pid.equals("self")
        ? path
        : Path.of("/proc", pid, "root").resolve(Path.of("/").relativize(path));
  }

  private static String namespaceOf(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
