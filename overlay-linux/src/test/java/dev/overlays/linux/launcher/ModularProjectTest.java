package dev.overlays.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Maven project with a module descriptor whose tests use the test kit, without any flag. */
class ModularProjectTest {
  private static final String PROGRAM =
      """
      package example;

      import dev.overlays.*;
      import java.io.IOException;
      import java.nio.file.*;

      class Writer {
        static void write(OverlaySpec spec) throws IOException {
          try (OverlayMount view = Overlays.mount(spec)) {
            Files.writeString(view.root().resolve("file"), "written by " + view.backend());
          }
        }
      }
      """;

  private static final String TEST =
      """
      package example;

      import static org.junit.jupiter.api.Assertions.*;

      import dev.overlays.*;
      import dev.overlays.testkit.memory.InMemoryFileSystems;
      import java.nio.file.*;
      import org.junit.jupiter.api.Test;

      class WriterTest {
        @Test
        void writesInMemory() throws Exception {
          assertTrue(Writer.class.getModule().isNamed());
          try (FileSystem memory = InMemoryFileSystems.create()) {
            Path lower = Files.createDirectories(memory.getPath("/lower"));
            Path instance = memory.getPath("/instance");
            Writer.write(OverlaySpec.builder().lower(lower).instance(instance).build());
            assertEquals(
                "written by in-memory", Files.readString(instance.resolve("upper/file")));
          }
        }
      }
      """;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @Test
  @Tag("long")
  void testsUseTheBackendInMemory() throws IOException {
    String dependencies =
        SampleProject.dependencyOn("overlay-api", "compile")
            + SampleProject.dependencyOn("overlay-testkit", "test");
    SampleProject project = SampleProject.create(sandbox, dependencies, "");
    project.createFile(
        "src/main/java/module-info.java", "module example { requires dev.overlays.api; }");
    project.createFile("src/main/java/example/Writer.java", PROGRAM);
    project.createFile("src/test/java/example/WriterTest.java", TEST);
    String said = project.runTests(List.of());
    assertTrue(said.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0"), said);
  }
}
