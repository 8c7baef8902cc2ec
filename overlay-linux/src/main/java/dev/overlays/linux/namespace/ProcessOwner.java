package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whom a process belongs to.
 *
 * @param user the number of the user
 * @param group the number of the group
 */
record ProcessOwner(String user, String group) {

  static ProcessOwner ofThisProcess() throws IOException {
    Path process = Path.of("/proc/self");
    return new ProcessOwner(
        Files.getAttribute(process, "unix:uid").toString(),
        Files.getAttribute(process, "unix:gid").toString());
  }
}
