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
 * A user and a mount namespace in which programs may mount, held by a shell that is a child of this
 * JVM. Mounts of shared file systems outside propagate into it; mounts in it do not propagate
 * outwards. Thread-safe: it runs one command at a time, and every wait for the shell has a limit.
 * Sources: user_namespaces(7), mount_namespaces(7).
 */
public final class UserNamespace implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private final Process process;
  private final HolderChannel channel;

  /**
   * Ends an answer. No output of a command can contain it, not even a path that somebody has
   * chosen.
   */
  private final String mark = "\n" + UUID.randomUUID() + " ";

  /** Whether any other process may have entered. */
  private volatile boolean entered;

  /** Whether it has a bottom root for views. */
  private volatile boolean forViews;

  private UserNamespace(Process process) {
    this.process = process;
    channel = new HolderChannel(process);
  }

  /**
   * Starts a namespace in which views can be mounted at {@link BottomRoot#VIEWS}, where no
   * canonical path leads out of them.
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
   * Starts a namespace. It has all users and groups if this process may map them; otherwise this
   * user is root in it, with their subordinate IDs if they have any.
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

  /** Starts a namespace in which this user is root and no other user exists. */
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

  /**
   * Starts a namespace with a map. The shell waits for the map and then executes itself again, to
   * gain the rights of root in the namespace.
   */
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
    // Mount contexts, which newer versions use by default, limit each value to 255 bytes.
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
   * Restarts the shell in another root.
   *
   * @param root an absolute path as the shell sees it
   */
  void changeRoot(String root) throws IOException {
    // A shell reads ahead: input for the next shell must not be sent before that one runs.
    awaitReady("exec nsenter --root=" + root + " sh -c 'echo ready; exec sh'\n");
    prepareHolder("");
  }

  /**
   * Runs a command in the namespace and waits for its result.
   *
   * @param command the command; it gets no input
   * @return its result
   * @throws OverlayException if the shell has ended, or does not answer in time ({@link
   *     ProblemCode#HOLDER_FAILED}); a stopped shell runs the command when it continues
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
   * Queues a command and does not wait for it: to undo a command that has failed, or that the shell
   * may still carry out.
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
   * Translates a path in the namespace to one that works for this process.
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
   * Returns whether a path in a namespace for views belongs to the bottom root and not to the
   * machine's tree.
   *
   * @param path an absolute path
   * @return whether it leads to a view or to a part of one
   */
  public static boolean isOwn(Path path) {
    return BottomRoot.hasPath(path);
  }

  /**
   * Translates a path in the namespace to one that works for the programs that {@link #run} starts.
   *
   * @param path a path as for {@link #pathSeenHere}
   * @return the same path if it belongs to the bottom root, otherwise one through {@code /..}
   */
  public Path pathInShell(Path path) {
    return forViews && !BottomRoot.hasPath(path)
        ? Path.of(BottomRoot.OUTER).resolve(path.getRoot().relativize(path))
        : path;
  }

  /**
   * Makes a path work unchanged for the programs that {@link #run} starts, so that mount tables
   * show it.
   *
   * @param path a path as for {@link #pathSeenHere}
   * @return the same path
   * @throws IOException if that cannot be done
   */
  public Path linkPath(Path path) throws IOException {
    if (forViews && !BottomRoot.hasPath(path)) {
      BottomRoot.linkPlace(this, path);
    }
    return path;
  }

  /**
   * Returns a path by which this process reaches the working directory of the shell, even if that
   * is not attached.
   *
   * @return a path that leads there
   */
  Path workingDirectory() {
    return Path.of("/proc", Long.toString(processId()), "cwd");
  }

  /**
   * Returns a command that enters the namespace and executes a program there as this user.
   *
   * @param directory its working directory, an absolute path in the namespace
   * @param command the program and its arguments
   * @return the complete command; its status is 125 if this namespace is ending, 126 if the
   *     directory cannot be entered
   */
  public List<String> enteringCommand(Path directory, List<String> command) {
    entered = true;
    return EnterCommand.of(this, directory, command);
  }

  /**
   * Returns whether the namespace exists.
   *
   * @return whether the shell lives
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Returns whether processes are in the namespace that have {@linkplain #enteringCommand entered}
   * it.
   *
   * @return whether any process but the shell is in it
   */
  public boolean hasOthers() {
    return entered && !VisibleProcesses.inMountNamespaceOf(processId()).isEmpty();
  }

  /**
   * Returns whether an answer of the shell is overdue: it may be stopped.
   *
   * @return whether it is
   */
  public boolean isSilent() {
    return channel.isSilent();
  }

  /**
   * Ends the shell. The namespace and its mounts disappear with it, unless another process is in
   * the namespace, which may stay.
   */
  @Override
  public void close() {
    channel.sendLastCommand(HolderScript.FAREWELL);
    BoundedWait limit = HolderChannel.timeLimit();
    if (channel.isSilent() || !limit.awaitEnd(process)) {
      process.destroyForcibly();
      if (!limit.awaitEnd(process)) {
        LOG.log(System.Logger.Level.WARNING, "the process " + processId() + " does not end");
      }
    }
    channel.close();
  }
}
