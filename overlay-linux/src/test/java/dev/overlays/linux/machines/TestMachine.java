package dev.overlays.linux.machines;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.syscall.ProcessEnd;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What passes for another machine: processes that see neither the processes nor the mounts of
 * others, with a host name of their own. Closing it is pulling its plug.
 */
final class TestMachine implements Closeable {
  private static final Duration TIME_TO_END = Duration.ofMinutes(1);

  private static final String SCRIPT =
      """
      echo "$1" >/proc/sys/kernel/hostname
      eval "$2" || exit 1
      echo ready
      read -r never
      """;

  private final Process holder;
  private final long pid;
  private final String property;

  private TestMachine(Process holder, long pid, String property) {
    this.holder = holder;
    this.pid = pid;
    this.property = property;
  }

  /**
   * Starts one.
   *
   * @param around what its first command is run by
   * @param name its host name
   * @param setup what a shell does in it at first
   * @param property the file systems that are said to be shared
   */
  static TestMachine start(List<String> around, String name, String setup, String property)
      throws IOException {
    List<String> command = new ArrayList<>(around);
    command.addAll(
        List.of("unshare", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"));
    command.addAll(List.of("--propagation", "private", "sh", "-c", SCRIPT, "machine", name, setup));
    Process holder = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader words = holder.inputReader(StandardCharsets.UTF_8);
    StringBuilder said = new StringBuilder();
    for (String line = words.readLine(); !"ready".equals(line); line = words.readLine()) {
      if (line == null) {
        throw new IOException("the machine does not start: " + said);
      }
      said.append(line).append('\n');
    }
    return new TestMachine(holder, firstChild(holder.pid()), property);
  }

  /** The first process of its PID namespace: what unshare(1), which has replaced others, forked. */
  private static long firstChild(long parent) throws IOException {
    String task = Long.toString(parent);
    Path children = Path.of("/proc", task, "task", task, "children");
    return Long.parseLong(Files.readString(children).strip().split(" ", 2)[0]);
  }

  long processId() {
    return pid;
  }

  /** A command that runs another one in it. */
  List<String> enteringCommand() {
    return List.of(
        "nsenter", "--target", Long.toString(pid), "--mount", "--uts", "--pid", "--net", "--");
  }

  /** Starts a JVM in it, which understands what {@link MachineProgram} does. */
  ChildJvm startJvm() throws IOException {
    return startJvm(MachineProgram.class, property);
  }

  /** Starts a JVM in it. */
  ChildJvm startJvm(Class<?> main, String... arguments) throws IOException {
    ChildJvm jvm = ChildJvm.startBy(enteringCommand(), main, arguments);
    // What the JVM says about itself comes first.
    jvm.readAnswer();
    return jvm;
  }

  /** Runs a shell in it, and returns what that printed. */
  String shell(String script) throws IOException {
    List<String> command = new ArrayList<>(enteringCommand());
    command.addAll(List.of("sh", "-c", script));
    return Sandbox.run(command.toArray(String[]::new)).strip();
  }

  @Override
  public void close() throws IOException {
    if (!holder.isAlive()) {
      return;
    }
    // The first process of a PID namespace ends when all others have ended.
    try (ProcessEnd end = ProcessEnd.of(pid)) {
      holder.destroyForcibly();
      if (!end.awaitEnd(TIME_TO_END)) {
        throw new IOException("the machine does not end");
      }
      holder.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
