package dev.overlays.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A process that runs a script, reports that, and stays until it is released. */
public final class HoldingProcess implements Closeable {
  private final Process process;

  private HoldingProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a shell, and returns when it has run a script; it then waits for its release.
   *
   * @param script has the arguments as {@code $1}, {@code $2} and so on
   */
  public static HoldingProcess runningScript(String script, Object... arguments)
      throws IOException {
    return startShell(List.of("sh", "-e", "-c"), script, arguments);
  }

  /** Starts a shell that sees mounts of its own, and returns when it has run a script. */
  public static HoldingProcess inOwnNamespace(String script, Object... arguments)
      throws IOException {
    return startShell(List.of("unshare", "--mount", "sh", "-e", "-c"), script, arguments);
  }

  /** The same, but what is mounted on shared mounts of either is seen by the other. */
  public static HoldingProcess inPeerNamespace(String script, Object... arguments)
      throws IOException {
    return startShell(
        List.of("unshare", "--mount", "--propagation", "unchanged", "sh", "-e", "-c"),
        script,
        arguments);
  }

  private static HoldingProcess startShell(List<String> shell, String script, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(shell);
    command.add(script + "\necho ready\nread released || true");
    command.add("holder");
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    HoldingProcess holder = new HoldingProcess(process);
    assertEquals("ready", process.inputReader(UTF_8).readLine(), script);
    return holder;
  }

  /** Its process ID. */
  public long processId() {
    return process.pid();
  }

  /** Tells it to end, without waiting. */
  public void release() throws IOException {
    process.getOutputStream().close();
  }

  /** Ends it, and waits for the end. */
  @Override
  public void close() throws IOException {
    release();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.getInputStream().close();
  }
}
