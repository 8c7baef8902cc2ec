package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@link ProgramsTest} asserts is what README says. */
class ProgramTableTest {
  @Test
  void readmeHasTheTableThatIsTested() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path made = module.resolve("target/programs.md");
    Files.createDirectories(made.getParent());
    Files.writeString(made, ProgramTable.markdownTable());
    String readme = Files.readString(module.resolveSibling("README.md"));
    int begin = readme.indexOf(ProgramTable.BEGIN);
    int end = readme.indexOf(ProgramTable.END);
    assertTrue(0 < begin && begin < end, "README.md has no table of programs");
    assertEquals(
        ProgramTable.markdownTable(),
        readme.substring(begin + ProgramTable.BEGIN.length(), end),
        "README.md should have what is in " + made);
  }
}
