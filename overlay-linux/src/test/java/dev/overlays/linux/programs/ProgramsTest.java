package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.AheadRuns;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Third-party programs get the root of a view, on a throw-away root of the machine: they work in
 * the view, or fail with an error.
 */
@Tag("long")
class ProgramsTest {
  @AutoClose private Sandbox sandbox;
  @AutoClose private final AheadRuns runs = new AheadRuns();

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    OrdinaryUser.assumePossible();
  }

  @TestFactory
  Stream<DynamicTest> programsWorkInAViewOrFailLoudly() {
    return runs.testEach(
        List.of(ViewKind.values()), kind -> () -> runTrials(kind), ProgramsTest::checkTrials);
  }

  private String runTrials(ViewKind kind) throws IOException {
    ThrowawayRoot root = new ThrowawayRoot(sandbox.createDirectory("root-" + kind));
    return root.runInside(trialCommand(root, kind));
  }

  private static void checkTrials(ViewKind kind, String said) {
    Map<TriedProgram, String> expected = new TreeMap<>();
    Map<TriedProgram, String> results = new TreeMap<>();
    for (TriedProgram tried : TriedProgram.values()) {
      if (tried.isTriedIn(kind)) {
        expected.put(tried, tried.expectedIn(kind).toString());
      }
    }
    said.lines()
        .filter(line -> line.startsWith(ProgramRun.RESULT))
        .map(line -> line.substring(ProgramRun.RESULT.length()).split(" ", -1))
        .filter(fields -> fields.length == 3)
        .forEach(
            fields -> {
              TriedProgram tried = TriedProgram.valueOf(fields[0]);
              ProgramOutcome outcome = ProgramOutcome.valueOf(fields[1]);
              String why = outcome == tried.expectedIn(kind) ? "" : ": " + decodeText(fields[2]);
              results.put(tried, outcome + why);
            });
    assertEquals(expected, results, said);
    assertTrue(said.endsWith(ProgramRun.RESULT + "end\n"), said);
  }

  private static List<String> trialCommand(ThrowawayRoot root, ViewKind kind) throws IOException {
    Path maven = BuildTools.mavenHome();
    Path temporary = ThrowawayRoot.PLACE.resolve("tmp");
    root.openPath(maven);
    root.openPath(Path.of(ChildJvm.javaProgram()));
    for (String entry : ChildJvm.classPath()) {
      root.openPath(Path.of(entry));
    }
    List<String> command = new ArrayList<>(kind.commandPrefix());
    command.addAll(
        List.of(
            "env",
            "HOME=" + ThrowawayRoot.PLACE.resolve("home"),
            "TMPDIR=" + temporary,
            "JAVA_HOME=" + System.getProperty("java.home"),
            "MAVEN=" + maven,
            "MAVEN_OPTS=-XX:TieredStopAtLevel=1",
            // Every JVM keeps performance data in /tmp, which would count as a write elsewhere.
            "JAVA_TOOL_OPTIONS=-XX:-UsePerfData -Djava.io.tmpdir=" + temporary,
            ChildJvm.javaProgram(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Duser.home=" + ThrowawayRoot.PLACE.resolve("home"),
            "-Djna.tmpdir=" + temporary,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            String.join(File.pathSeparator, ChildJvm.classPath()),
            ProgramRun.class.getName(),
            kind.name(),
            ThrowawayRoot.PLACE.resolve("views").toString(),
            root.upperSeenInside().toString()));
    return command;
  }

  private static String decodeText(String field) {
    return new String(Base64.getDecoder().decode(field.substring(1)), UTF_8);
  }
}
