package dev.overlays.linux.launcher;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.programs.BuildTools;
import dev.overlays.linux.programs.ThrowawayRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Maven project of somebody else that uses what this build has compiled. */
final class SampleProject {
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
            <url>file://%s</url>
          </repository>
        </repositories>
        <dependencies>
      %s
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
          <plugins>
      %s
          </plugins>
        </build>
      </project>
      """;

  private final Sandbox sandbox;
  private final Path reactor;

  private SampleProject(Sandbox sandbox, Path reactor) {
    this.sandbox = sandbox;
    this.reactor = reactor;
  }

  /**
   * Makes a project.
   *
   * @param sandbox where it is made
   * @param dependencies elements of its POM
   * @param plugins elements of its POM, beside those that compile and test
   */
  static SampleProject create(Sandbox sandbox, String dependencies, String plugins)
      throws IOException {
    Path reactor = sandbox.createDirectory("reactor");
    ReactorRepository.create(reactor);
    sandbox.createFile("project/pom.xml", POM.formatted(reactor, dependencies, plugins));
    return new SampleProject(sandbox, reactor);
  }

  /** The dependency on an artifact of this build. */
  static String dependencyOn(String artifact, String scope) {
    return """
              <dependency>
                <groupId>dev.overlays</groupId>
                <artifactId>%s</artifactId>
                <version>%s</version>
                <scope>%s</scope>
              </dependency>
        """
        .formatted(artifact, ReactorRepository.VERSION, scope);
  }

  void createFile(String relative, String content) throws IOException {
    sandbox.createFile("project/" + relative, content);
  }

  /**
   * Runs its tests with what the local repository has.
   *
   * @param commandPrefix who runs them; nothing for root
   * @return what Maven says
   */
  String runTests(List<String> commandPrefix) throws IOException {
    Path repository = BuildTools.localRepository();
    Path project = sandbox.path("project");
    ThrowawayRoot root = new ThrowawayRoot(sandbox.createDirectory("root"));
    root.openPath(BuildTools.mavenHome());
    root.openTree(repository);
    root.openTree(project);
    root.openTree(reactor);
    // What somebody has installed from another state of the sources.
    root.addPreparation("rm -rf '" + repository + "/dev/overlays'");
    List<String> command = new ArrayList<>(commandPrefix);
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
            project.resolve("pom.xml").toString(),
            "test"));
    return root.runInside(command);
  }
}
