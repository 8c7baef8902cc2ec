package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes of the machine, as far as this one may look at them. Source: namespaces(7). */
final class VisibleProcesses {
  private static final Path PROC = Path.of("/proc");
  private static final String NAMESPACE = "ns/mnt";

  private VisibleProcesses() {}

  /** The others that see the mounts that a process sees; none if it has ended. */
  static List<Long> inMountNamespaceOf(long pid) {
    List<Long> others = new ArrayList<>();
    Path self = PROC.resolve(Long.toString(pid));
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      Path namespace = Files.readSymbolicLink(self.resolve(NAMESPACE));
      for (Path process : processes) {
        if (!process.equals(self) && isIn(process, namespace)) {
          others.add(Long.valueOf(process.getFileName().toString()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Those found by then are right.
    }
    return others;
  }

  private static boolean isIn(Path process, Path namespace) {
    try {
      return Files.readSymbolicLink(process.resolve(NAMESPACE)).equals(namespace);
    } catch (IOException e) {
      // It has ended, or is none of ours to look at.
      return false;
    }
  }
}
