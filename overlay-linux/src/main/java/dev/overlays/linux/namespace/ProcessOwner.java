package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The owner of a process.
 *
 * @param user the user ID
 * @param group the group ID
 */
record ProcessOwner(String user, String group) {

  static ProcessOwner ofThisProcess() throws IOException {
    Path process = Path.of("/proc/self");
    return new ProcessOwner(
        Files.getAttribute(process, "unix:uid").toString(),
        Files.getAttribute(process, "unix:gid").toString());
  }
}
