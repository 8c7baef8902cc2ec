package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@link ProgramsTest} asserts is what docs/views.md says. */
class ProgramTableTest {
  @Test
  void pageHasTheTableThatIsTested() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path made = module.resolve("target/programs.md");
    Files.createDirectories(made.getParent());
    Files.writeString(made, ProgramTable.markdownTable());
    String page = Files.readString(module.resolveSibling("docs/views.md"));
    int begin = page.indexOf(ProgramTable.BEGIN);
    int end = page.indexOf(ProgramTable.END);
    assertTrue(0 < begin && begin < end, "docs/views.md has no table of programs");
    assertEquals(
        ProgramTable.markdownTable(),
        page.substring(begin + ProgramTable.BEGIN.length(), end),
        "docs/views.md should have what is in " + made);
  }
}
