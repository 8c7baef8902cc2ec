package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code overlays try} as root. */
class TryCommandTest {
  private static final String CHANGES = "rm gone && echo new >new && chmod 600 file";

  @AutoClose private Sandbox sandbox;
  private Path directory;
  private Set<Path> temporary;

  @BeforeEach
  void createDirectory() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.createFile("disk/data/file", "file");
    sandbox.createFile("disk/data/gone", "gone");
    directory = sandbox.path("disk/data");
    temporary = listTemporary();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    if (sandbox == null) {
      return;
    }
    assertEquals(temporary, listTemporary());
    assertEquals(
        List.of(),
        Overlays.mounted().stream()
            .filter(mount -> mount.spec().lowers().contains(directory))
            .toList());
  }

  private static Set<Path> listTemporary() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("overlays-try-"))
          .collect(Collectors.toSet());
    }
  }

  private ProgramRun tryScript(String script, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("try"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(directory.toString(), "--", "sh", "-c", script));
    return ProgramRun.run(arguments.toArray(String[]::new));
  }

  private List<String> namesInDirectory() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void showsTheChangesAndThrowsThemAway() throws IOException {
    ProgramRun run = tryScript(CHANGES + " && pwd && exit 7").assertCode(7);
    assertEquals(
        List.of(
            directory.toString(),
            "Thrown away.",
            "added new (4 bytes)",
            "deleted gone (4 bytes)",
            "other metadata file (4 bytes)"),
        run.out().lines().sorted().toList());
    assertEquals("", run.err());
    assertEquals(List.of("file", "gone"), namesInDirectory());
  }

  @Test
  void anAbsolutePathLeadsIntoTheView() throws IOException {
    tryScript("echo other >" + directory + "/file && grep other file").assertCode(0);
    assertEquals("file", Files.readString(directory.resolve("file")));
  }

  @Test
  void appliesTheChangesOfACommandThatSucceeds() throws IOException {
    ProgramRun run = tryScript(CHANGES, "--apply").assertCode(0);
    assertTrue(run.out().contains("merged: "), run.out());
    assertEquals(List.of("file", "new"), namesInDirectory());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("file"))));
  }

  @Test
  void doesNotApplyTheChangesOfACommandThatFails() throws IOException {
    JsonObject json = tryScript(CHANGES + "; exit 1", "--apply", "--json").assertCode(1).json();
    assertEquals(3, json.getAsJsonArray("changes").size());
    assertEquals(1, json.get("exitCode").getAsInt());
    assertFalse(json.get("applied").getAsBoolean());
    assertEquals(List.of("file", "gone"), namesInDirectory());
  }

  @Test
  void keepsTheChangesAsAnUpperInADirectory() throws IOException {
    Path kept = sandbox.path("disk/kept");
    ProgramRun run =
        tryScript(
                "echo said; " + CHANGES,
                "--json",
                "--on",
                sandbox.path("disk").toString(),
                "--keep-to",
                kept.toString())
            .assertCode(0);
    assertEquals(kept.toString(), run.json().get("keptIn").getAsString());
    assertEquals("said\n", run.err());
    assertEquals("new\n", Files.readString(kept.resolve("new")));
    assertEquals(List.of("file", "gone"), namesInDirectory());
    try (Stream<Path> onDisk = Files.list(sandbox.path("disk"))) {
      assertEquals(Set.of(kept, directory), onDisk.collect(Collectors.toSet()));
    }
  }

  @Test
  void changesThatCannotBeAppliedAreKept() throws IOException {
    Path upper = sandbox.createDirectory("disk/upper");
    sandbox.createDirectory("disk/work");
    Path view =
        sandbox.mountAt(
            "view",
            "-t",
            "overlay",
            "-o",
            "lowerdir="
                + directory
                + ",upperdir="
                + upper
                + ",workdir="
                + sandbox.path("disk/work"),
            "overlay");
    ProgramRun run =
        tryScript(CHANGES, "--json", "--apply", "--on", sandbox.path("disk").toString())
            .assertCode(125);
    assertEquals(List.of("changes-kept", "layer-in-use"), run.problemCodes());
    Path kept = Path.of(ProgramRun.textsOf(run.json(), "problems", "path").get(0));
    assertEquals("new\n", Files.readString(kept.resolve("new")));
    assertEquals(List.of("file", "gone"), namesInDirectory());
    sandbox.unmount(view);
  }

  @Test
  void returns125IfNoViewCanBeMountedAnd127IfThereIsNoSuchCommand() throws IOException {
    ProgramRun none =
        ProgramRun.run("try", directory.resolve("none").toString(), "--", "true").assertCode(125);
    assertTrue(none.err().startsWith("overlays: "), none.err());
    assertTrue(none.err().contains("[layer-not-found]"), none.err());
    ProgramRun.run("try", directory.toString(), "--", "no-such-command").assertCode(127);
    ProgramRun.run("try", directory.toString()).assertCode(125);
  }

  @Test
  void aSignalEndsTheCommandAndNothingIsLeft() throws Exception {
    List<String> command = new ArrayList<>(ProgramRun.programWords());
    command.addAll(
        List.of(
            "try", directory.toString(), "--", "sh", "-c", "echo new >new; echo here; sleep 99"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader lines = process.inputReader()) {
      assertEquals("here", lines.readLine());
      // destroy() would close the pipe, too.
      Sandbox.run("kill", "-TERM", Long.toString(process.pid()));
      assertEquals(143, process.waitFor());
    }
    assertEquals(List.of("file", "gone"), namesInDirectory());
  }

  @Test
  void asksOnATerminalWhetherTheChangesAreApplied() throws IOException {
    for (String answer : List.of("n", "y")) {
      StringBuilder words = new StringBuilder();
      ProgramRun.programWords().forEach(word -> words.append(word).append(' '));
      words.append("try ").append(directory).append(" -- touch new");
      ProgramRun run =
          ProgramRun.finish(
              new ProcessBuilder(
                  "sh",
                  "-c",
                  "echo " + answer + " | script -qec \"$1\" /dev/null",
                  "sh",
                  words.toString()));
      assertTrue(run.out().contains("Apply these changes to " + directory), run.out());
      assertEquals(answer.equals("y"), Files.exists(directory.resolve("new")), run.out());
    }
  }
}
