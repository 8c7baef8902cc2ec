package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.programs.BuildTools;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The README's story of four builds that share a local repository of Maven. */
class FourBuildsTest {

  /** What README shows, each line behind four spaces. */
  private static final String STORY =
      """
      overlays create --lower /srv/m2 --instances /srv/builds one two three four
      overlays mount --lower /srv/m2 --instances /srv/builds
      for build in one two three four; do
        mvn -Dmaven.repo.local=/srv/builds/$build/mnts -f /srv/$build install &
      done
      wait
      overlays maintain --lower /srv/m2 --instances /srv/builds
      for build in one two three four; do      # all four artifacts, offline, from every view
        mvn -Dmaven.repo.local=/srv/builds/$build/mnts -f /srv/all -o compile
      done
      """;

  private static final List<String> BUILDS = List.of("one", "two", "three", "four");

  /** What each build needs that the shared repository has not, and a class of it. */
  private static final Map<String, List<String>> NEEDS =
      Map.of(
          "one", List.of("commons-io", "org.apache.commons.io.IOUtils"),
          "two", List.of("picocli", "picocli.CommandLine"),
          "three", List.of("jna", "com.sun.jna.Native"),
          "four", List.of("opentest4j", "org.opentest4j.AssertionFailedError"));

  private static final String POM =
      """
      <project>
        <modelVersion>4.0.0</modelVersion>
        <groupId>example</groupId>
        <artifactId>%s</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <dependencies>
      %s  </dependencies>
        <build>
          <pluginManagement>
            <plugins>
      %s      </plugins>
          </pluginManagement>
        </build>
      </project>
      """;

  private static final Map<String, String> PLUGINS =
      new TreeMap<>(
          Map.of(
              "compiler", "3.16.0",
              "install", "3.1.4",
              "jar", "3.5.1",
              "resources", "3.5.0",
              "surefire", "3.6.1"));

  /** What the machine's repository has comes from there, and nothing else is asked for then. */
  private static final String SETTINGS =
      """
      <settings>
        <profiles>
          <profile>
            <id>machine</id>
            <activation><activeByDefault>true</activeByDefault></activation>
            <repositories>
              <repository><id>machine</id><url>file://%1$s</url></repository>
            </repositories>
            <pluginRepositories>
              <pluginRepository><id>machine</id><url>file://%1$s</url></pluginRepository>
            </pluginRepositories>
          </profile>
        </profiles>
      </settings>
      """;

  private static final String PREPARATION =
      """
      set -eu
      mkdir /srv/m2 /srv/builds
      overlays() { %1$s "$@"; }
      mvn() { command %2$s/bin/mvn -B -ntp -q -s /srv/settings.xml "$@"; }
      # The shared repository has the plugins.
      mvn -Dmaven.repo.local=/srv/m2 -f /srv/none install
      """;

  /** What root does before a user's story: Maven, and a repository that everybody may read. */
  private static final String COPIES =
      """
      set -eu
      cp -rL %1$s /srv/maven
      /srv/maven/bin/mvn -B -ntp -q -s /srv/settings.xml -Dmaven.repo.local=/srv/machine \\
          -f /srv/everything install
      cp /srv/user-settings.xml /srv/settings.xml
      chmod -R a+rX /srv
      """;

  private static final String CHECKS =
      """
      overlays status --lower /srv/m2 --instances /srv/builds >/srv/status
      for build in one two three four; do
        test -e /srv/m2/example/$build/1/$build-1.jar
        test "$(find /srv/builds/$build/upper -name '*-1.jar')" = ""
      done
      overlays unmount --lower /srv/m2 --instances /srv/builds
      """;

  @Test
  void readmeTellsTheStoryThatIsRun() throws IOException {
    Path readme = Path.of("").toAbsolutePath().resolveSibling("README.md");
    assertTrue(
        Files.readString(readme).contains(STORY.indent(4)), "README.md should have\n" + STORY);
  }

  @Test
  @Tag("long")
  void whatFourBuildsInstallAtOnceResolvesOfflineFromEachView() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      createProjects(sandbox);
      Path script =
          sandbox.createFile(
              "script", storyOf(ProgramRun.programWords(), BuildTools.mavenHome().toString()));
      assertStoryEndsWell(runOnSrv(sandbox, "bash " + script), "kernel");
    }
  }

  /**
   * The views are fuse-overlayfs', because they stay when the program that has mounted them ends;
   * those of the rootless backend end with it.
   */
  @Test
  @Tag("long")
  void ordinaryUserRunsTheSameStory() throws IOException {
    KernelAbility.USER_MARKS.assumePresent();
    try (Sandbox sandbox = OrdinaryUser.createSandbox()) {
      createProjects(sandbox);
      createProject(
          sandbox,
          "everything",
          dependencyOnLibrary(NEEDS.get("one").get(0))
              + dependencyOnLibrary(NEEDS.get("two").get(0))
              + dependencyOnLibrary(NEEDS.get("three").get(0))
              + dependencyOnLibrary(NEEDS.get("four").get(0)),
          "");
      sandbox.createFile("srv/user-settings.xml", SETTINGS.formatted("/srv/machine"));
      Path home = OrdinaryUser.giveToUser(sandbox.createDirectory("home"));
      List<String> program =
          OrdinaryUser.javaCommand(home, Map.of(), ProgramRun.mainClass()).stream()
              .dropWhile(word -> !word.equals(ChildJvm.javaProgram()))
              .toList();
      sandbox.createFile("srv/script", storyOf(program, "/srv/maven"));
      Path copies =
          sandbox.createFile("copies", COPIES.formatted(BuildTools.mavenHome().toString()));
      for (String directory : List.of("", "one", "two", "three", "four", "none", "all")) {
        OrdinaryUser.giveToUser(sandbox.path("srv/" + directory));
      }
      String user = String.join(" ", OrdinaryUser.commandPrefix());
      assertStoryEndsWell(
          runOnSrv(sandbox, "bash " + copies + " && " + user + " bash /srv/script"),
          "fuse-overlayfs");
    }
  }

  private static String storyOf(List<String> program, String mavenHome) {
    return PREPARATION.formatted(String.join(" ", program), mavenHome) + STORY + CHECKS;
  }

  private static void createProjects(Sandbox sandbox) throws IOException {
    sandbox.mountDisk("srv");
    sandbox.createFile("srv/settings.xml", SETTINGS.formatted(BuildTools.localRepository()));
    createProject(sandbox, "none", "", "");
    for (String build : BUILDS) {
      createProject(
          sandbox, build, dependencyOnLibrary(NEEDS.get(build).get(0)), NEEDS.get(build).get(1));
    }
    StringBuilder all = new StringBuilder();
    StringBuilder uses = new StringBuilder();
    for (String build : BUILDS) {
      all.append(dependency("example", build, "1"));
      uses.append(uses.length() == 0 ? "" : ", ").append("uses.Uses_").append(build);
    }
    createProject(sandbox, "all", all.toString(), uses.toString());
  }

  /** Runs a command where the disk of the sandbox is {@code /srv}. */
  private static ProgramRun runOnSrv(Sandbox sandbox, String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            "mount --bind " + sandbox.path("srv") + " /srv && cd / && " + command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -Xshare:auto");
    return ProgramRun.finish(builder);
  }

  private static void assertStoryEndsWell(ProgramRun run, String backend) {
    assertEquals(0, run.code(), () -> run.out() + run.err());
    assertTrue(run.out().contains("/srv/builds/one/mnts (" + backend + ")\n"), run.out());
    assertTrue(run.out().contains("\n4 mounted again; "), run.out());
    assertTrue(run.out().contains("\n0 conflicts"), run.out());
  }

  private static void createProject(Sandbox sandbox, String name, String dependencies, String uses)
      throws IOException {
    StringBuilder plugins = new StringBuilder();
    PLUGINS.forEach(
        (plugin, version) ->
            plugins.append(
                """
                        <plugin>
                          <artifactId>maven-%s-plugin</artifactId>
                          <version>%s</version>
                        </plugin>
                """
                    .formatted(plugin, version)));
    sandbox.createFile("srv/" + name + "/pom.xml", POM.formatted(name, dependencies, plugins));
    StringBuilder source = new StringBuilder();
    source.append("package uses;\n\npublic class Uses_").append(name).append(" {\n");
    source.append("  public static final Class<?>[] USED = {");
    source.append(uses.isEmpty() ? "" : uses.replace(", ", ".class, ") + ".class");
    source.append("};\n}\n");
    sandbox.createFile(
        "srv/" + name + "/src/main/java/uses/Uses_" + name + ".java", source.toString());
  }

  private static String dependency(String group, String artifact, String version) {
    return """
            <dependency>
              <groupId>%s</groupId>
              <artifactId>%s</artifactId>
              <version>%s</version>
            </dependency>
        """
        .formatted(group, artifact, version);
  }

  /** The dependency on a library that the tests have in the machine's repository. */
  private static String dependencyOnLibrary(String artifact) throws IOException {
    Path repository = BuildTools.localRepository();
    Path version =
        ChildJvm.classPath().stream()
            .map(Path::of)
            .filter(jar -> jar.startsWith(repository))
            .map(Path::getParent)
            .filter(directory -> directory.getParent().getFileName().toString().equals(artifact))
            .findFirst()
            .orElseThrow();
    String group =
        repository.relativize(version.getParent().getParent()).toString().replace('/', '.');
    return dependency(group, artifact, version.getFileName().toString());
  }
}
