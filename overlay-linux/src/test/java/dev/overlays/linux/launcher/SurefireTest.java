package dev.overlays.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.programs.BuildTools;
import dev.overlays.linux.programs.ThrowawayRoot;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Maven project whose tests mount by the kernel, though an ordinary user runs them. */
class SurefireTest {
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
            <artifactId>overlay-linux</artifactId>
            <version>VERSION</version>
            <scope>test</scope>
          </dependency>
          <dependency>
            <groupId>org.junit.jupiter</groupId>
            <artifactId>junit-jupiter</artifactId>
            <version>5.14.4</version>
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
            </plugins>
          </pluginManagement>
          <plugins>
            <plugin>
              <groupId>org.codehaus.mojo</groupId>
              <artifactId>exec-maven-plugin</artifactId>
              <version>3.6.4</version>
              <executions>
                <execution>
                  <phase>process-test-classes</phase>
                  <goals>
                    <goal>java</goal>
                  </goals>
                  <configuration>
                    <mainClass>dev.overlays.linux.NamespaceJavaHome</mainClass>
                    <classpathScope>test</classpathScope>
                    <arguments>
                      <argument>${project.build.directory}/java</argument>
                    </arguments>
                  </configuration>
                </execution>
              </executions>
            </plugin>
            <plugin>
              <artifactId>maven-surefire-plugin</artifactId>
              <version>3.6.1</version>
              <configuration>
                <jvm>${project.build.directory}/java/bin/java</jvm>
                <argLine>--enable-native-access=ALL-UNNAMED</argLine>
              </configuration>
            </plugin>
          </plugins>
        </build>
      </project>
      """;

  private static final String TEST =
      """
      import static org.junit.jupiter.api.Assertions.*;

      import dev.overlays.*;
      import java.io.File;
      import java.nio.file.*;
      import org.junit.jupiter.api.Test;
      import org.junit.jupiter.api.io.TempDir;

      class ViewTest {
        @TempDir Path lower;

        @Test
        void isMountedByTheKernel() throws Exception {
          OverlaySpec spec = OverlaySpec.builder().lower(lower).ephemeral().build();
          try (OverlayMount view = Overlays.mount(spec)) {
            assertEquals("kernel", view.backend());
            assertEquals(view.root(), view.root().toRealPath());
            assertTrue(new File(view.root().toFile(), "a/b").mkdirs());
          }
          assertNotEquals("root", System.getProperty("user.name"));
        }
      }
      """;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
  }

  @Test
  @Tag("long")
  void testsMountByTheKernel() throws IOException {
    Path reactor = sandbox.createDirectory("reactor");
    ReactorRepository.create(reactor);
    String pom =
        POM.replace("REACTOR", reactor.toString()).replace("VERSION", ReactorRepository.VERSION);
    sandbox.createFile("project/pom.xml", pom);
    sandbox.createFile("project/src/test/java/ViewTest.java", TEST);
    Path repository = BuildTools.localRepository();
    ThrowawayRoot root = new ThrowawayRoot(sandbox.createDirectory("root"));
    root.openPath(BuildTools.mavenHome());
    root.openTree(repository);
    root.openTree(sandbox.path("project"));
    root.openTree(reactor);
    // What somebody has installed from another state of the sources.
    root.addPreparation("rm -rf '" + repository + "/dev/overlays'");
    List<String> command = new ArrayList<>(OrdinaryUser.commandPrefix());
    command.addAll(
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
    String said = root.runInside(command);
    assertTrue(said.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0"), said);
  }
}
