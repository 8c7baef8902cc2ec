package dev.overlays.linux.namespace;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A script that runs Java where it may mount: as it is if this process may, else in a user and a
 * mount namespace in which it is the same user. The script becomes Java, so that it has its process
 * ID, its signals and its exit status. Sources: unshare(1), user_namespaces(7).
 */
public final class JavaLauncher {
  private static final List<String> NAMESPACE =
      List.of("--user", "--map-current-user", "--keep-caps", "--mount");

  private JavaLauncher() {}

  /**
   * Returns the script.
   *
   * @param java the program that it becomes
   * @return the text of a script of sh
   */
  public static String launchScript(Path java) {
    return """
    #!/bin/sh
    # Java in a user and mount namespace of its own, unless this process may mount anyway:
    # then it has CAP_SYS_ADMIN, the bit 21. Written by dev.overlays.linux.NamespaceJavaHome.
    PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
    launcher='unshare %s'
    while read -r name value; do
      case $name$value in
      CapEff:*[2367abef]?????) launcher= ;;
      esac
    done </proc/self/status
    exec $launcher %s "$@"
    """
        .formatted(String.join(" ", NAMESPACE), quotedPath(java));
  }

  private static String quotedPath(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }

  /**
   * Tries whether such a script would run Java here.
   *
   * @return what is in the way
   */
  public static Optional<Problem> problemWith() {
    if (ThreadPrivilege.mayMount()) {
      return Optional.empty();
    }
    return NamespacePrograms.findProgram("unshare")
        .map(JavaLauncher::problemWith)
        .orElseGet(
            () ->
                Optional.of(
                    Problem.of(
                        ProblemCode.PROGRAM_MISSING,
                        "This program is not installed: unshare.",
                        "Install util-linux, and name its directory in PATH.")));
  }

  static Optional<Problem> problemWith(Path unshare) {
    CommandResult answer = tryNamespace(unshare);
    if (answer.hasSucceeded()) {
      return Optional.empty();
    }
    // Whatever the C library says of one: "unrecognized option", "invalid option".
    if (answer.words().contains("option")) {
      return Optional.of(
          Problem.of(
              ProblemCode.PROGRAM_MISSING,
              unshare,
              "This unshare has not the options " + String.join(" ", NAMESPACE) + ".",
              "Install util-linux 2.35 or later, or mount as root. It says: " + answer.words()));
    }
    return Optional.of(NamespaceRestriction.restrictionProblem(answer.words()));
  }

  private static CommandResult tryNamespace(Path unshare) {
    List<String> command = new ArrayList<>(List.of(unshare.toString()));
    command.addAll(NAMESPACE);
    command.add("true");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", NamespacePrograms.searchPath());
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new CommandResult(process.onExit().join().exitValue(), words.strip());
    } catch (IOException e) {
      return new CommandResult(-1, String.valueOf(e.getMessage()));
    }
  }
}
