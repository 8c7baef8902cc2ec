package dev.overlays.linux.runtime;

import dev.overlays.linux.namespace.NamespacePrograms;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A shell that waits for the end of this JVM, whatever ends it, and then unmounts its directory. It
 * reads from a pipe whose other end nobody but this JVM has.
 */
final class MountGuardian {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  /** Ignores what a terminal or a service manager sends to all processes: the JVM goes first. */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP QUIT PIPE
      cd /
      read -r never
      "$1" -l "$2"
      rmdir "$2" "$3"
      """;

  private final Optional<Process> process;

  /** Kept, for the pipe is closed when it is collected. */
  private final Optional<OutputStream> pipe;

  private MountGuardian(Optional<Process> process) {
    this.process = process;
    this.pipe = process.map(Process::getOutputStream);
  }

  /**
   * Starts one. Where the programs are missing, as in the smallest containers, there is none: there
   * the mount namespace ends with the JVM.
   */
  static MountGuardian startGuardian(Path directory, Path mounts) throws IOException {
    Optional<Path> shell = NamespacePrograms.findProgram("sh");
    Optional<Path> unmount = NamespacePrograms.findProgram("umount");
    if (shell.isEmpty() || unmount.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "sh or umount is not installed: if this JVM is killed, what it has mounted in "
              + mounts
              + " stays until another one of this library starts");
      return new MountGuardian(Optional.empty());
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                shell.get().toString(),
                "-c",
                SCRIPT,
                "overlays-guardian",
                unmount.get().toString(),
                mounts.toString(),
                directory.toString()));
    builder.environment().clear();
    return new MountGuardian(
        Optional.of(
            builder
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()));
  }

  /** Whether nobody has ended it. */
  boolean isAlive() {
    return pipe.isEmpty() || process.orElseThrow().isAlive();
  }
}
