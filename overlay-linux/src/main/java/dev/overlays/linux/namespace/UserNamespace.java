package dev.overlays.linux.namespace;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A user and a mount namespace, held by a shell that is a child of this JVM and in which programs
 * may mount. What is mounted elsewhere comes in, where its file system is shared; what is mounted
 * in it does not come out. Thread-safe: one command at a time, and nobody waits without an end for
 * a shell that does not answer. Sources: user_namespaces(7), mount_namespaces(7).
 */
public final class UserNamespace implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private final Process process;
  private final HolderChannel channel;

  /** Nothing that a command prints can be taken for it, not even a path that somebody has made. */
  private final String mark = "\n" + UUID.randomUUID() + " ";

  /** Whether there was ever anybody else. */
  private volatile boolean entered;

  /** Whether views have a place below the root. */
  private volatile boolean forViews;

  private UserNamespace(Process process) {
    this.process = process;
    channel = new HolderChannel(process);
  }

  /**
   * Starts one in which views can be mounted at {@link BottomRoot#VIEWS}, where no canonical path
   * leads out of them.
   *
   * @return the namespace, to be closed
   * @throws OverlayException if it does not come about: this system forbids it ({@link
   *     ProblemCode#USER_NAMESPACES_FORBIDDEN}), or a program is missing
   */
  public static UserNamespace startForViews() throws OverlayException {
    UserNamespace namespace = startNamespace();
    try {
      BottomRoot.layUnder(namespace);
      namespace.forViews = true;
      return namespace;
    } catch (IOException e) {
      namespace.close();
      throw e instanceof OverlayException told
          ? told
          : new OverlayException(
              List.of(NamespaceRestriction.restrictionProblem(e.getMessage())), e);
    } catch (RuntimeException | Error e) {
      namespace.close();
      throw e;
    }
  }

  /**
   * Starts one. All users and groups are there where this process may say so; else this user as
   * root, with the IDs that were given to them where there are such.
   *
   * @return the namespace, to be closed
   * @throws OverlayException if it does not come about: this system forbids it ({@link
   *     ProblemCode#USER_NAMESPACES_FORBIDDEN}), or a program is missing
   */
  public static UserNamespace startNamespace() throws OverlayException {
    Optional<IdMap> map = IdMap.wholeMap().or(SubordinateIds::ofThisUser);
    if (map.isPresent()) {
      try {
        return startNamespace(map.get());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "no map of several users: " + e.getMessage());
      }
    }
    return startForThisUser();
  }

  /** Starts one in which this user is root, and nobody else is anybody. */
  static UserNamespace startForThisUser() throws OverlayException {
    try {
      UserNamespace namespace =
          new UserNamespace(
              startShell("--user", "--map-root-user", "--mount", "--propagation", "slave", "sh"));
      namespace.prepareHolder("");
      return namespace;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              NamespacePrograms.missingProblem()
                  .orElseGet(() -> NamespaceRestriction.restrictionProblem(e.getMessage()))),
          e);
    }
  }

  /** The shell that has waited for the map starts anew, to have the rights of root in there. */
  private static UserNamespace startNamespace(IdMap map) throws IOException {
    UserNamespace namespace =
        new UserNamespace(
            startShell(
                "--user",
                "--mount",
                "--propagation",
                "slave",
                "sh",
                "-c",
                "echo ready; read -r mapped && exec sh"));
    try {
      namespace.awaitReady("");
      map.writeMaps(namespace.processId());
      namespace.prepareHolder("mapped\n");
      return namespace;
    } catch (IOException | RuntimeException | Error e) {
      namespace.close();
      throw e;
    }
  }

  private static Process startShell(String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("unshare");
    builder
        .command()
        .set(
            0,
            NamespacePrograms.findProgram("unshare")
                .map(Path::toString)
                .orElse("/usr/bin/unshare"));
    builder.command().addAll(List.of(arguments));
    Map<String, String> environment = builder.environment();
    environment.put("PATH", NamespacePrograms.searchPath());
    environment.put("LC_ALL", "C");
    // The other way, which newer ones take by themselves, has a limit of 255 bytes a value.
    environment.put("LIBMOUNT_FORCE_MOUNT2", "always");
    return builder.redirectErrorStream(true).start();
  }

  private void prepareHolder(String first) throws IOException {
    try {
      awaitReady(first + HolderScript.TEXT);
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void awaitReady(String words) throws IOException {
    channel.exchangeWords(
        () -> {
          channel.tellShell(words);
          return channel.readUntil("ready\n");
        });
  }

  /**
   * Lets the shell start anew in another root.
   *
   * @param root an absolute path for the shell
   */
  void changeRoot(String root) throws IOException {
    // A shell reads ahead: what is said to the next must not be said before that is there.
    awaitReady("exec nsenter --root=" + root + " sh -c 'echo ready; exec sh'\n");
    prepareHolder("");
  }

  /**
   * Runs a command in the namespace, and waits for it.
   *
   * @param command what is run; it reads nothing
   * @return what came of it
   * @throws OverlayException if the shell has ended, or does not answer in time ({@link
   *     ProblemCode#HOLDER_FAILED}); a shell that is stopped runs the command when it goes on
   */
  public CommandResult run(ShellCommand command) throws OverlayException {
    try {
      return channel.exchangeWords(() -> answerTo(command));
    } catch (HolderSilentException e) {
      throw new OverlayException(List.of(HolderProblems.silentHolder(processId())), e);
    } catch (IOException e) {
      throw new OverlayException(
          List.of(HolderProblems.goneHolder(processId(), e.getMessage())), e);
    }
  }

  /**
   * Lets a command be run after all those before it, and waits for nothing: to undo one that has
   * failed, or that may still be carried out.
   *
   * @param command what is run
   */
  public void postCommand(ShellCommand command) {
    try {
      channel.postTask(() -> answerTo(command));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "not needed any more: " + command + ": " + e);
    }
  }

  private CommandResult answerTo(ShellCommand command) throws IOException {
    String end = "\n} <" + BottomRoot.OUTER + "/dev/null; printf '\\n%s %s\\n' ";
    channel.tellShell(
        "{ ".getBytes(StandardCharsets.US_ASCII),
        command.toBytes(),
        (end + mark.strip() + " $?\n").getBytes(StandardCharsets.US_ASCII));
    String words = channel.readUntil(mark).strip();
    return new CommandResult(Integer.parseInt(channel.readUntil("\n")), words);
  }

  /**
   * Returns the process ID of the shell.
   *
   * @return its ID, in the namespace of this process
   */
  public long processId() {
    return process.pid();
  }

  /**
   * Returns where this process sees what is at a path in the namespace.
   *
   * @param path an absolute path without symbolic links: of the machine's tree, or below {@link
   *     BottomRoot#VIEWS} or {@link BottomRoot#PARTS}
   * @return another absolute path
   */
  public Path pathSeenHere(Path path) {
    Path root = Path.of("/proc", Long.toString(processId()), "root");
    Path relative = path.getRoot().relativize(path);
    return forViews && !BottomRoot.hasPath(path)
        ? root.resolve("..").resolve(relative)
        : root.resolve(relative);
  }

  /**
   * Tells whether a path in a namespace for views is one that the machine's tree does not have.
   *
   * @param path an absolute path
   * @return whether it leads to a view, or to what one is made of
   */
  public static boolean isOwn(Path path) {
    return BottomRoot.hasPath(path);
  }

  /**
   * Returns the path by which the programs that {@link #run} starts find what is at a path.
   *
   * @param path a path as for {@link #pathSeenHere}
   * @return the same below the bottom root, else one that goes over it
   */
  public Path namedPath(Path path) {
    return forViews && !BottomRoot.hasPath(path)
        ? Path.of(BottomRoot.OUTER).resolve(path.getRoot().relativize(path))
        : path;
  }

  /**
   * Sees to it that the programs that {@link #run} starts find what is at a path by that very path,
   * as mount tables are to tell it.
   *
   * @param path a path as for {@link #pathSeenHere}
   * @return the same path
   * @throws IOException if that cannot be done
   */
  public Path linkedPath(Path path) throws IOException {
    if (forViews && !BottomRoot.hasPath(path)) {
      BottomRoot.linkPlace(this, path);
    }
    return path;
  }

  /**
   * Returns where this process sees the working directory of the shell, be it mounted or not.
   *
   * @return a path that leads there
   */
  Path workingDirectory() {
    return Path.of("/proc", Long.toString(processId()), "cwd");
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
  public List<String> enteringCommand(Path directory, List<String> command) {
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
   * Tells whether processes are in the namespace that have {@linkplain #enteringCommand entered}
   * it.
   *
   * @return whether there is another than the shell
   */
  public boolean hasOthers() {
    return entered && !VisibleProcesses.inMountNamespaceOf(processId()).isEmpty();
  }

  /**
   * Tells whether the shell is late with an answer: it may be stopped.
   *
   * @return whether it is
   */
  public boolean isSilent() {
    return channel.isSilent();
  }

  /**
   * Ends the shell. The namespace, and what is mounted in it, is gone with it unless another
   * process is in there, which may stay.
   */
  @Override
  public void close() {
    channel.sayFarewell(HolderScript.FAREWELL);
    BoundedWait limit = HolderChannel.timeLimit();
    if (channel.isSilent() || !limit.untilEndOf(process)) {
      process.destroyForcibly();
      if (!limit.untilEndOf(process)) {
        LOG.log(System.Logger.Level.WARNING, "the process " + processId() + " does not end");
      }
    }
    channel.close();
  }
}
