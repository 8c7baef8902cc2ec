package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The jar of the program has all that it needs; run by Maven once the jar is there. */
class ProgramJarCheck {

  @Test
  void theJarRunsByItself() throws IOException {
    assertTrue(System.getProperty("overlays.cli.jar") != null, "overlays.cli.jar is not set");
    assertTrue(ProgramRun.run("--version").assertCode(0).out().matches("overlays [0-9].*\n"));
    assertTrue(
        ProgramRun.run("generate-completion")
            .assertCode(0)
            .out()
            .startsWith("#!/usr/bin/env bash"));
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.mountDisk("disk");
      sandbox.createFile("disk/lower/file", "file");
      String lower = sandbox.path("disk/lower").toString();
      ProgramRun trial =
          ProgramRun.run("try", "--json", "--apply", lower, "--", "touch", "new").assertCode(0);
      assertEquals(List.of("new"), ProgramRun.textsOf(trial.json(), "changes", "path"));
      for (String compression : List.of("gzip", "zstd")) {
        String archive = sandbox.path("disk/" + compression).toString();
        String copy = sandbox.path("disk/copy-" + compression).toString();
        ProgramRun.run("export", "--compression=" + compression, "--lower", lower, archive)
            .assertCode(0);
        ProgramRun.run("import", archive, copy).assertCode(0);
        assertTrue(Files.exists(sandbox.path("disk/copy-" + compression + "/new")));
      }
    }
  }
}
