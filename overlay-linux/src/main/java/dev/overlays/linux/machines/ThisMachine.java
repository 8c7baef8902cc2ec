package dev.overlays.linux.machines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine is called. Sources: machine-id(5), random(4), proc_sys_kernel(5). */
final class ThisMachine {
  private static final int SHOWN = 8;

  private ThisMachine() {}

  /** Its host name, which may differ from container to container. */
  static String hostName() {
    return lineOf(Path.of("/proc/sys/kernel/hostname"), "unknown");
  }

  /** The beginning of its machine ID, enough to tell machines of one name apart. */
  static String machineId() {
    String id = lineOf(Path.of("/etc/machine-id"), "none");
    return id.substring(0, Math.min(SHOWN, id.length()));
  }

  /** The same for all its processes, and new whenever it starts. */
  static String bootId() {
    return lineOf(Path.of("/proc/sys/kernel/random/boot_id"), "unknown");
  }

  private static String lineOf(Path file, String otherwise) {
    try {
      String line = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
      return line.isEmpty() ? otherwise : line;
    } catch (IOException e) {
      return otherwise;
    }
  }
}
