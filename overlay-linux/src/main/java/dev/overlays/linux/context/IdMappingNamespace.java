package dev.overlays.linux.context;

import dev.overlays.IdMapping;
import dev.overlays.linux.process.ProcessEndings;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.TrustedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes user namespaces that carry an ID mapping, as the kernel expects it. A process with several
 * threads cannot enter a user namespace, so a short-lived child does. Source: user_namespaces(7).
 */
final class IdMappingNamespace {
  private IdMappingNamespace() {}

  /** Makes a namespace, which exists as long as the descriptor, without any process in it. */
  static Descriptor of(IdMapping mapping) throws IOException {
    Process child =
        new ProcessBuilder(
                programPath("unshare"), "--user", programPath("sh"), "-c", "echo; read ended")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (child.getInputStream().read() < 0) {
        throw new IOException("no user namespace can be made with unshare(1)");
      }
      Path process = Path.of("/proc", Long.toString(child.pid()));
      Files.writeString(process.resolve("uid_map"), mappingLines(mapping.users()));
      Files.writeString(process.resolve("gid_map"), mappingLines(mapping.groups()));
      return Descriptor.open(process.resolve("ns/user"), OpenFlags.RDONLY);
    } finally {
      endProcess(child);
    }
  }

  private static String programPath(String name) throws IOException {
    return TrustedProgram.findProgram(name)
        .orElseThrow(
            () -> new IOException(TrustedProgram.whyDistrusted(name).orElse(name + " is missing")))
        .toString();
  }

  private static String mappingLines(List<IdMapping.Range> ranges) {
    StringBuilder lines = new StringBuilder();
    for (IdMapping.Range range : ranges) {
      lines.append(range.onDisk()).append(' ').append(range.inView()).append(' ');
      lines.append(range.count()).append('\n');
    }
    return lines.toString();
  }

  private static void endProcess(Process child) throws IOException {
    child.destroyForcibly();
    ProcessEndings.of(child);
    child.getOutputStream().close();
    child.getInputStream().close();
  }
}
