package dev.overlays.linux.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A shell in a mount namespace of its own, which mounts as others do and stays until it is closed.
 */
final class ViewsOfOthers implements AutoCloseable {
  private final Process shell;

  private ViewsOfOthers(Process shell) {
    this.shell = shell;
  }

  /** Runs a script, whose mounts nobody else sees, and waits until it is done. */
  static ViewsOfOthers of(Path directory, String script) throws IOException {
    Process shell =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-ec",
                script + "\necho mounted; read end")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    ViewsOfOthers views = new ViewsOfOthers(shell);
    StringBuilder said = new StringBuilder();
    while (!said.toString().endsWith("mounted\n")) {
      int next = shell.getInputStream().read();
      if (next < 0) {
        views.close();
        throw new IOException(script + ": " + said);
      }
      said.append((char) next);
    }
    return views;
  }

  /** Returns the mount table of the shell. */
  String table() {
    Path table = Path.of("/proc", Long.toString(shell.pid()), "mountinfo");
    try {
      return Files.readString(table, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    shell.getOutputStream().close();
    try {
      shell.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
