package dev.overlays.linux.namespace;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.TrustedProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The programs of the machine that a namespace is made and used with. */
public final class NamespacePrograms {
  private static final List<String> NEEDED =
      List.of("sh", "unshare", "mount", "umount", "nsenter", "pivot_root");

  private NamespacePrograms() {}

  /**
   * Tells which programs are missing.
   *
   * @return a problem that names them; empty if all are there
   */
  public static Optional<Problem> missingProblem() {
    return missingProblem(TrustedProgram.trustedDirectories());
  }

  static Optional<Problem> missingProblem(Set<String> directories) {
    List<String> missing = new ArrayList<>();
    for (String program : NEEDED) {
      if (TrustedProgram.findProgram(program, directories).isEmpty()) {
        missing.add(program);
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.PROGRAM_MISSING,
                "These programs are not installed: "
                    + String.join(", ", missing)
                    + "."
                    + missing.stream()
                        .flatMap(program -> TrustedProgram.whyDistrusted(program).stream())
                        .map(words -> " " + words)
                        .collect(Collectors.joining()),
                "Install util-linux (on Debian the packages util-linux and mount), and name its"
                    + " directory in PATH."));
  }

  /**
   * Finds a program.
   *
   * @param program its name
   * @return where it is; empty if it is not installed, or only where it cannot be {@linkplain
   *     TrustedProgram trusted}
   */
  public static Optional<Path> findProgram(String program) {
    return TrustedProgram.findProgram(program);
  }

  /** What PATH should be, so that a child finds the same programs. */
  static String searchPath() {
    return TrustedProgram.searchPath();
  }
}
