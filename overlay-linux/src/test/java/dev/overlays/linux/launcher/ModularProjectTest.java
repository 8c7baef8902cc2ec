package dev.overlays.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.programs.BuildTools;
import dev.overlays.linux.programs.ThrowawayRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Maven project with a module descriptor whose tests use the test kit, without any flag. */
class ModularProjectTest {
  private static final String POM =
      """
      <project>
        <modelVersion>4.0.0</modelVersion>
        <groupId>example</groupId>
        <artifactId>example</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <repositories>
          <repository>
            <id>reactor</id>
            <url>file://REACTOR</url>
          </repository>
        </repositories>
        <dependencies>
          <dependency>
            <groupId>dev.overlays</groupId>
            <artifactId>overlay-api</artifactId>
            <version>VERSION</version>
          </dependency>
          <dependency>
            <groupId>dev.overlays</groupId>
            <artifactId>overlay-testkit</artifactId>
            <version>VERSION</version>
            <scope>test</scope>
          </dependency>
        </dependencies>
        <build>
          <pluginManagement>
            <plugins>
              <plugin>
                <artifactId>maven-compiler-plugin</artifactId>
                <version>3.16.0</version>
              </plugin>
              <plugin>
                <artifactId>maven-resources-plugin</artifactId>
                <version>3.5.0</version>
              </plugin>
              <plugin>
                <artifactId>maven-surefire-plugin</artifactId>
                <version>3.6.1</version>
              </plugin>
            </plugins>
          </pluginManagement>
        </build>
      </project>
      """;

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
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @Test
  @Tag("long")
  void testsUseTheBackendInMemory() throws IOException {
    Path reactor = sandbox.directory("reactor");
    ReactorRepository.create(reactor);
    sandbox.file(
        "project/pom.xml",
        POM.replace("REACTOR", reactor.toString()).replace("VERSION", ReactorRepository.VERSION));
    sandbox.file(
        "project/src/main/java/module-info.java", "module example { requires dev.overlays.api; }");
    sandbox.file("project/src/main/java/example/Writer.java", PROGRAM);
    sandbox.file("project/src/test/java/example/WriterTest.java", TEST);
    Path repository = BuildTools.localRepository();
    ThrowawayRoot root = new ThrowawayRoot(sandbox.directory("root"));
    root.open(BuildTools.mavenHome());
    root.openWhole(repository);
    root.openWhole(sandbox.path("project"));
    root.openWhole(reactor);
    // What somebody has installed from another state of the sources.
    root.prepare("rm -rf '" + repository + "/dev/overlays'");
    String said =
        root.run(
            List.of(
                "env",
                "HOME=" + ThrowawayRoot.PLACE.resolve("home"),
                "JAVA_HOME=" + System.getProperty("java.home"),
                BuildTools.mavenHome() + "/bin/mvn",
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + repository,
                "-f",
                sandbox.path("project/pom.xml").toString(),
                "test"));
    assertTrue(said.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0"), said);
  }
}
