package dev.overlays.linux.launcher;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Maven project whose tests mount by the kernel, though an ordinary user runs them. */
class SurefireTest {
  private static final String JUNIT =
      """
          <dependency>
            <groupId>org.junit.jupiter</groupId>
            <artifactId>junit-jupiter</artifactId>
            <version>5.14.4</version>
            <scope>test</scope>
          </dependency>
      """;

  private static final String PLUGINS =
      """
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
    String dependencies = SampleProject.dependencyOn("overlay-linux", "test") + JUNIT;
    SampleProject project = SampleProject.create(sandbox, dependencies, PLUGINS);
    project.createFile("src/test/java/ViewTest.java", TEST);
    String said = project.runTests(OrdinaryUser.commandPrefix());
    assertTrue(said.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0"), said);
  }
}
