package dev.overlays.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a class of the tests in a JVM that is killed on its way, and waits for its end. */
public final class KillableJvm {
  private static final int KILLED = 128 + 9;

  private final List<String> command;

  private KillableJvm(List<String> command) {
    this.command = command;
  }

  /**
   * Prepares a run.
   *
   * @param around the program that runs it; nothing for none
   * @param temporary its directory for temporary files
   * @param main the class
   * @param arguments its arguments
   */
  public static KillableJvm of(
      List<String> around, Path temporary, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(around);
    List<String> java = ChildJvm.javaCommand(main, arguments);
    command.add(java.get(0));
    command.addAll(
        List.of("-XX:-UsePerfData", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + temporary));
    command.addAll(java.subList(1, java.size()));
    return new KillableJvm(command);
  }

  /** The program and its arguments. */
  public List<String> command() {
    return command;
  }

  /**
   * The program that kills what it runs at one call of some system call. It lets go of programs
   * that this starts, which may outlive it, as the keeper of a lock does.
   */
  public static List<String> killedAt(String call, int when) {
    String inject = "inject=" + call + ":signal=KILL:when=" + when;
    return List.of("strace", "-f", "-b", "execve", "-qq", "-o", "/dev/null", "-e", inject);
  }

  /**
   * How a run has ended.
   *
   * @param status its exit status
   * @param output what it said
   */
  public record JvmEnd(int status, String output) {
    /** Whether it was killed. */
    public boolean wasKilled() {
      return status == KILLED;
    }
  }

  /**
   * Runs it.
   *
   * @param output the file that it writes to
   */
  public JvmEnd runToEnd(Path output) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status = process.onExit().join().exitValue();
    return new JvmEnd(status, command + ": " + Files.readString(output));
  }
}
