package dev.overlays.linux.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told before any program is run in a namespace of its own. */
class JavaLauncherTest {
  @TempDir private Path directory;

  private Optional<Problem> problem(String script) throws IOException {
    Path unshare = directory.resolve("unshare");
    Files.writeString(unshare, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));
    return JavaLauncher.problemWith(unshare);
  }

  @Test
  void nothingIsInTheWayOfWhoeverMayHaveNamespaces() throws IOException {
    assertEquals(
        Optional.empty(),
        problem("test \"$*\" = '--user --map-current-user --keep-caps --mount true'"));
  }

  @Test
  void anOldUnshareIsNamed() throws IOException {
    Problem problem =
        problem("echo \"unshare: unrecognized option '--map-current-user'\" >&2; exit 1").get();
    assertEquals(ProblemCode.PROGRAM_MISSING, problem.code());
    assertEquals(directory.resolve("unshare"), problem.path().get());
    assertTrue(problem.remedy().contains("util-linux 2.35"), problem::toString);
  }

  @Test
  void whatForbidsNamespacesIsNamed() throws IOException {
    Problem problem =
        problem("echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1").get();
    assertEquals(ProblemCode.USER_NAMESPACES_FORBIDDEN, problem.code());
    assertTrue(problem.toString().contains("Operation not permitted"), problem::toString);
  }
}
