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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which programs are told to be missing. */
class ProgramsTest {
  @TempDir private Path directory;

  private void install(String... programs) throws IOException {
    for (String program : programs) {
      Files.createFile(
          directory.resolve(program),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
  }

  private Optional<Problem> problem() {
    return NamespacePrograms.missingProblem(Set.of(directory.toString()));
  }

  @Test
  void namesWhatIsMissingAndWhatBringsIt() throws IOException {
    install("sh", "mount", "umount");
    Files.createFile(directory.resolve("nsenter"));
    Problem problem = problem().orElseThrow();
    assertEquals(ProblemCode.PROGRAM_MISSING, problem.code());
    assertEquals(
        "These programs are not installed: unshare, nsenter, pivot_root.", problem.message());
    assertTrue(problem.remedy().contains("util-linux"), problem::remedy);
  }

  @Test
  void isContentWhenAllAreThere() throws IOException {
    install("sh", "mount", "umount", "unshare", "nsenter", "pivot_root");
    assertEquals(Optional.empty(), problem());
  }
}
