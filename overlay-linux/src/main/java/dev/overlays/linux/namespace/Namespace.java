package dev.overlays.linux.namespace;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A user and a mount namespace, held by a shell that is a child of this JVM and in which programs
 * may mount. What is mounted elsewhere comes in, where its file system is shared; what is mounted
 * in it does not come out. Thread-safe: one command at a time. Sources: user_namespaces(7),
 * mount_namespaces(7).
 */
public final class Namespace implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private final Process process;
  private final OutputStream commands;
  private final InputStream answers;

  /** Nothing that a command prints can be taken for it, not even a path that somebody has made. */
  private final String mark = "\n" + UUID.randomUUID() + " ";

  /** Whether there was ever anybody else. */
  private volatile boolean entered;

  private Namespace(Process process) {
    this.process = process;
    this.commands = process.getOutputStream();
    this.answers = process.getInputStream();
  }

  /**
   * Starts one. All users and groups are there where this process may say so; else this user as
   * root, with the IDs that were given to them where there are such.
   *
   * @return the namespace, to be closed
   * @throws OverlayException if it does not come about: this system forbids it ({@link
   *     ProblemCode#USER_NAMESPACES_FORBIDDEN}), or a program is missing
   */
  public static Namespace start() throws OverlayException {
    Optional<IdMap> map = IdMap.whole().or(SubordinateIds::ofThisUser);
    if (map.isPresent()) {
      try {
        return start(map.get());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "no map of several users: " + e.getMessage());
      }
    }
    return startForThisUser();
  }

  /** Starts one in which this user is root, and nobody else is anybody. */
  static Namespace startForThisUser() throws OverlayException {
    try {
      Namespace namespace =
          new Namespace(
              shell("--user", "--map-root-user", "--mount", "--propagation", "slave", "sh"));
      namespace.prepare();
      return namespace;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(Programs.problem().orElseGet(() -> Restriction.problem(e.getMessage()))), e);
    }
  }

  /** The shell that has waited for the map starts anew, to have the rights of root in there. */
  private static Namespace start(IdMap map) throws IOException {
    Namespace namespace =
        new Namespace(
            shell(
                "--user",
                "--mount",
                "--propagation",
                "slave",
                "sh",
                "-c",
                "echo ready; read -r mapped && exec sh"));
    try {
      namespace.awaitReady();
      map.write(namespace.pid());
      namespace.tell("mapped\n");
      namespace.prepare();
      return namespace;
    } catch (IOException e) {
      namespace.close();
      throw e;
    }
  }

  private static Process shell(String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("unshare");
    builder.command().set(0, Programs.find("unshare").map(Path::toString).orElse("unshare"));
    builder.command().addAll(List.of(arguments));
    Map<String, String> environment = builder.environment();
    environment.put("PATH", Programs.searchPath());
    environment.put("LC_ALL", "C");
    // The other way, which newer ones take by themselves, has a limit of 255 bytes a value.
    environment.put("LIBMOUNT_FORCE_MOUNT2", "always");
    return builder.redirectErrorStream(true).start();
  }

  private void prepare() throws IOException {
    try {
      tell(HolderScript.TEXT);
      awaitReady();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void awaitReady() throws IOException {
    readUntil("ready\n");
  }

  private void tell(String line) throws IOException {
    try {
      commands.write(line.getBytes(StandardCharsets.US_ASCII));
      commands.flush();
    } catch (IOException e) {
      // It has ended, and may have said why.
      readUntil("\0");
      throw e;
    }
  }

  /** Reads up to a mark, and returns what came before it. */
  private String readUntil(String end) throws IOException {
    byte[] last = end.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < last.length) {
      int b = answers.read();
      if (b < 0) {
        String words = said.toString(StandardCharsets.UTF_8).strip();
        throw new IOException(words.isEmpty() ? "it has ended" : words);
      }
      said.write(b);
      // Both marks begin with what they do not hold a second time.
      matched = b == last[matched] ? matched + 1 : b == last[0] ? 1 : 0;
    }
    String all = said.toString(StandardCharsets.UTF_8);
    return all.substring(0, all.length() - end.length());
  }

  /**
   * Runs a command in the namespace, and waits for it.
   *
   * @param command what is run; it reads nothing
   * @return what came of it
   * @throws OverlayException if the shell has ended ({@link ProblemCode#HOLDER_FAILED})
   */
  public synchronized Answer run(ShellCommand command) throws OverlayException {
    try {
      commands.write("{ ".getBytes(StandardCharsets.US_ASCII));
      commands.write(command.bytes());
      tell("\n} </dev/null; printf '\\n%s %s\\n' " + mark.strip() + " $?\n");
      String words = readUntil(mark).strip();
      return new Answer(Integer.parseInt(readUntil("\n")), words);
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.HOLDER_FAILED,
                  "The process "
                      + pid()
                      + ", which held the view, is gone: "
                      + e.getMessage()
                      + ".",
                  "Mount anew; what was written is in the upper. Look for who has ended it.")),
          e);
    }
  }

  /**
   * Returns the process ID of the shell.
   *
   * @return its ID, in the namespace of this process
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Returns where this process sees what is at a path in the namespace.
   *
   * @param path an absolute path without symbolic links: they would lead out of the namespace
   * @return another absolute path
   */
  public Path seen(Path path) {
    return Path.of("/proc", Long.toString(pid()), "root").resolve(path.getRoot().relativize(path));
  }

  /**
   * Returns where this process sees the working directory of the shell, be it mounted or not.
   *
   * @return a path that leads there
   */
  public Path workingDirectory() {
    return Path.of("/proc", Long.toString(pid()), "cwd");
  }

  /**
   * Returns a command that runs another one in the namespace, as this user, and that becomes that
   * program itself.
   *
   * @param directory where it starts, an absolute path in the namespace
   * @param command the program and its arguments
   * @return the longer command; its status is 125 when this namespace is ending, 126 when the
   *     directory cannot be entered
   */
  public List<String> entering(Path directory, List<String> command) {
    entered = true;
    return EnterCommand.of(this, directory, command);
  }

  /**
   * Tells whether the namespace is there.
   *
   * @return whether the shell lives
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Tells whether processes are in the namespace that have {@linkplain #entering entered} it.
   *
   * @return whether there is another than the shell
   */
  public boolean hasOthers() {
    return entered && !Processes.inMountNamespaceOf(pid()).isEmpty();
  }

  /**
   * Ends the shell. The namespace, and what is mounted in it, is gone with it unless another
   * process is in there, which may stay.
   */
  @Override
  public void close() {
    try (commands;
        answers) {
      commands.write(HolderScript.FAREWELL.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It has ended by itself.
    }
    Endings.of(process);
  }
}
