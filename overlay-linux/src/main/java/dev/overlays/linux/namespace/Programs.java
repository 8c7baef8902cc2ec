package dev.overlays.linux.namespace;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The programs of the machine that a namespace is made and used with. */
public final class Programs {
  private static final List<String> NEEDED =
      List.of("sh", "unshare", "mount", "umount", "nsenter", "pivot_root");

  /** Where they may be, although an ordinary user's PATH does not name it. */
  private static final List<String> USUAL =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private Programs() {}

  /**
   * Tells which programs are missing.
   *
   * @return a problem that names them; empty if all are there
   */
  public static Optional<Problem> problem() {
    return problem(directories());
  }

  static Optional<Problem> problem(Set<String> directories) {
    List<String> missing = new ArrayList<>();
    for (String program : NEEDED) {
      if (find(program, directories).isEmpty()) {
        missing.add(program);
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.PROGRAM_MISSING,
                "These programs are not installed: " + String.join(", ", missing) + ".",
                "Install util-linux (on Debian the packages util-linux and mount), and name its"
                    + " directory in PATH."));
  }

  /**
   * Finds a program.
   *
   * @param program its name
   * @return where it is; empty if it is not installed
   */
  public static Optional<Path> find(String program) {
    return find(program, directories());
  }

  private static Optional<Path> find(String program, Set<String> directories) {
    return directories.stream()
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What PATH should be, so that a child finds the same programs. */
  static String searchPath() {
    return String.join(":", directories());
  }

  private static Set<String> directories() {
    Set<String> directories = new LinkedHashSet<>();
    for (String directory : Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1)) {
      if (directory.startsWith("/")) {
        directories.add(directory);
      }
    }
    directories.addAll(USUAL);
    return directories;
  }
}
