package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The users and groups of this process's namespace that exist in a new one. */
interface IdMap {
  /** The bits of {@code CapEff} in /proc/PID/status. Source: include/uapi/linux/capability.h. */
  long CAP_SETGID_AND_SETUID = 1 << 6 | 1 << 7;

  /**
   * Writes the maps of a process that has just entered its namespace.
   *
   * @param pid its process ID
   * @throws IOException if it is not allowed or fails
   */
  void writeMaps(long pid) throws IOException;

  /**
   * Returns the map of all IDs that this process has, unchanged. Empty if the process may not write
   * it, or would not be root in the namespace and so would have no rights.
   *
   * @return the map
   */
  static Optional<IdMap> wholeMap() {
    return isRoot() && maySetIds() ? Optional.of(IdMap::writeWhole) : Optional.empty();
  }

  private static void writeWhole(long pid) throws IOException {
    for (String map : new String[] {"uid_map", "gid_map"}) {
      StringBuilder same = new StringBuilder();
      for (String line : Files.readAllLines(Path.of("/proc/self", map))) {
        String[] range = line.strip().split("\\s+", -1);
        same.append(range[0]).append(' ').append(range[0]).append(' ').append(range[2]);
        same.append('\n');
      }
      Files.writeString(Path.of("/proc", Long.toString(pid), map), same);
    }
  }

  private static boolean isRoot() {
    try {
      return ProcessOwner.ofThisProcess().user().equals("0");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean maySetIds() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("CapEff:")) {
          long effective = Long.parseUnsignedLong(line.substring(7).strip(), 16);
          return (effective & CAP_SETGID_AND_SETUID) == CAP_SETGID_AND_SETUID;
        }
      }
    } catch (IOException e) {
      // Then only what an ordinary user may do is tried.
    }
    return false;
  }
}
