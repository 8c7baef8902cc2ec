package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the program generates for shells and for man(1). */
class GeneratedFilesTest {

  @Test
  void aShellCompletesCommandsAndThePageHasASectionForEach() throws IOException {
    List<ProgramRun> runs =
        ProgramLoop.runAll(List.of(List.of("generate-completion"), List.of("generate-man")));
    Path directory = Files.createTempDirectory("overlays-test");
    Path script = Files.writeString(directory.resolve("script"), runs.get(0).assertCode(0).out());
    try {
      String completed =
          Sandbox.run(
              "bash",
              "-c",
              "source "
                  + script
                  + "; COMP_WORDS=(overlays mai); COMP_CWORD=1; _complete_overlays;"
                  + " echo \"${COMPREPLY[@]}\"");
      assertEquals("maintain\n", completed);
    } finally {
      Files.delete(script);
      Files.delete(directory);
    }
    List<String> page = runs.get(1).assertCode(0).out().lines().toList();
    assertTrue(page.get(0).startsWith(".TH OVERLAYS 1 "), page.get(0));
    for (String command : List.of("overlays", "overlays try", "overlays boot enable")) {
      assertTrue(page.contains(".SH \"" + command + "\""), command);
    }
    assertTrue(page.contains("Example:"));
    // A line of text begins with no request, and has no backslash but for escapes.
    assertTrue(
        page.stream().noneMatch(line -> line.matches("(\\.(?!TH|SH|nf|fi).*|'.*|.*\\\\[^-e&].*)")));
  }
}
