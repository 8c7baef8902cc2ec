package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.archive.DockerRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The program in a Java of its own, which jlink makes of the modules that README names. */
@Tag("long")
class ProgramImageTest {
  private static final String MODULES = "java.logging,java.net.http,jdk.crypto.ec,jdk.unsupported";

  @AutoClose private Sandbox sandbox;
  private Path java;

  @BeforeEach
  void linkImage() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.createFile("disk/lower/file", "lower");
    Path image = sandbox.path("image");
    int code =
        ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(System.out, System.err, "--add-modules", MODULES, "--output", image.toString());
    assertEquals(0, code);
    java = image.resolve("bin/java");
  }

  private ProgramRun run(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(ProgramRun.programWords());
    words.set(0, java.toString());
    words.addAll(List.of(arguments));
    return ProgramRun.finish(new ProcessBuilder(words));
  }

  private String path(String relative) {
    return sandbox.path("disk/" + relative).toString();
  }

  @Test
  void viewsAndRegistriesNeedNoOtherModules() throws IOException {
    ProgramRun trial =
        run("try", "--json", "--apply", path("lower"), "--", "touch", "new").assertCode(0);
    assertEquals(List.of("new"), ProgramRun.textsOf(trial.json(), "changes", "path"));
    assertTrue(Files.exists(sandbox.path("disk/lower/new")));
    try (DockerRegistry registry = DockerRegistry.start(sandbox.createDirectory("registry"))) {
      String reference = registry.reference("cache:v1");
      run("push", "--lower", path("lower"), "--layout", path("images"), reference).assertCode(0);
      run("pull", "--layout", path("pulled"), reference, path("copy")).assertCode(0);
    }
    assertTrue(Files.exists(sandbox.path("disk/copy/new")));
  }
}
