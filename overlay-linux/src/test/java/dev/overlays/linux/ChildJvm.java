package dev.overlays.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A child JVM that a test sends lines to; it runs as root or as the user nobody. */
public final class ChildJvm implements Closeable {
  /** The user ID of nobody. */
  public static final int NOBODY = 65534;

  /** As in the JVM of the tests: the second compiler would take more time than it saves. */
  public static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter questions;

  private ChildJvm(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    answers = process.inputReader(UTF_8);
    questions = new PrintWriter(process.outputWriter(UTF_8), true);
  }

  /** The program that runs this JVM. */
  public static String javaProgram() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * Starts a class of the tests as nobody, with a copy of this JVM's class path that anybody may
   * read.
   *
   * @param directory where the copy goes, and what JNA unpacks
   */
  public static ChildJvm startAsNobody(Path directory, Class<?> main) throws IOException {
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
    Sandbox.run("chown", Integer.toString(NOBODY), unpacked.toString());
    List<String> copies = new ArrayList<>();
    for (String entry : classPath()) {
      Path copy = directory.resolve(copies.size() + "-" + Path.of(entry).getFileName());
      Sandbox.run("cp", "-r", entry, copy.toString());
      copies.add(copy.toString());
    }
    Sandbox.run("chmod", "-R", "a+rX", directory.toString());
    return new ChildJvm(
        List.of(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            javaProgram(),
            "-Djna.tmpdir=" + unpacked,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            String.join(File.pathSeparator, copies),
            main.getName()));
  }

  /** Starts a class of the tests as the user who runs them. */
  public static ChildJvm startAsThisUser(Class<?> main, String... arguments) throws IOException {
    return new ChildJvm(javaCommand(main, arguments));
  }

  /** Starts a class of the tests by a program that runs another one. */
  public static ChildJvm startBy(List<String> around, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(around);
    command.addAll(javaCommand(main, arguments));
    return new ChildJvm(command);
  }

  /** Returns the command that starts a class of the tests in a JVM. */
  public static List<String> javaCommand(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                javaProgram(),
                FIRST_COMPILER_ONLY,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(File.pathSeparator, classPath()),
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Ends this JVM by SIGKILL, without its shutdown hooks. */
  public static void killThis() {
    String pid = Long.toString(ProcessHandle.current().pid());
    try {
      new ProcessBuilder("kill", "-KILL", pid).start().waitFor();
      while (true) {
        Thread.sleep(Long.MAX_VALUE);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The existing entries of the class path of this JVM. */
  public static List<String> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> Files.exists(Path.of(entry)))
        .toList();
  }

  /** Sends a line, and returns those that come back before one that says {@code end}. */
  public List<String> ask(String question) throws IOException {
    sendLine(question);
    return readAnswer();
  }

  /** Sends a line. */
  public void sendLine(String question) {
    questions.println(question);
  }

  /** Returns the lines that come back before one that says {@code end}. */
  public List<String> readAnswer() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = answers.readLine(); !"end".equals(line); line = answers.readLine()) {
      if (line == null) {
        throw new IOException("the child has ended: " + lines);
      }
      lines.add(line);
    }
    return lines;
  }

  /** Ends it by SIGKILL, and waits until it has ended. */
  public void kill() throws IOException {
    process.destroyForcibly();
    close();
  }

  @Override
  public void close() throws IOException {
    questions.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answers.close();
  }
}
