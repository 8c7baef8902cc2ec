package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which users and groups of this process's namespace exist in a new one. */
interface IdMap {
  /** Of {@code CapEff} in /proc/PID/status. Source: include/uapi/linux/capability.h. */
  long CAP_SETGID_AND_SETUID = 1 << 6 | 1 << 7;

  /**
   * Writes the map of a process that has just entered its namespace.
   *
   * @param pid its process ID
   * @throws IOException if that is not allowed, or fails
   */
  void writeMaps(long pid) throws IOException;

  /**
   * All that this process knows, under the same numbers. Empty where it may not say so, or would
   * not be root in there, and so have no rights.
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
      // Then only what everybody may do is tried.
    }
    return false;
  }
}
