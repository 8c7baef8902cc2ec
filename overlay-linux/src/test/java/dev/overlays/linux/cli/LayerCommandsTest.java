package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands about the layers of a view and their archives, as root. */
@Tag("long")
class LayerCommandsTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void createLayers() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.createFile("disk/lower/same", "same");
    sandbox.createFile("disk/lower/gone", "gone");
    sandbox.createFile("disk/one/upper/new", "new");
    sandbox.createDirectory("disk/one/work");
    Sandbox.run("mknod", path("one/upper/gone"), "c", "0", "0");
    Sandbox.run("cp", "-a", path("lower/same"), path("one/upper/same"));
  }

  private String path(String relative) {
    return sandbox.path("disk/" + relative).toString();
  }

  private ProgramRun run(String command, String... arguments) throws IOException {
    List<String> words =
        new ArrayList<>(List.of(command, "--lower", path("lower"), "--instance", path("one")));
    words.addAll(List.of(arguments));
    return ProgramRun.run(words.toArray(String[]::new));
  }

  @Test
  void aVacuumADiffAndAMergeSayWhatAnUpperHas() throws IOException {
    assertTrue(run("diff").assertCode(0).out().contains("modified same (4 bytes)\n"));
    assertEquals(1, run("vacuum", "--json").assertCode(0).json().get("filesRemoved").getAsInt());
    ProgramRun diff = run("diff", "--json", "--exit-code", "--content").assertCode(3);
    List<String> kinds = ProgramRun.textsOf(diff.json(), "changes", "kind");
    assertEquals(List.of("added", "deleted"), kinds.stream().sorted().toList());

    JsonObject dryRun = run("merge", "--dry-run", "--json").assertCode(0).json();
    assertTrue(dryRun.get("dryRun").getAsBoolean());
    assertTrue(Files.exists(Path.of(path("lower/gone"))));
    JsonObject merge = run("merge", "--json").assertCode(0).json();
    assertEquals(List.of(path("one/upper")), ProgramRun.textsOf(merge, "uppers", "upper"));
    assertEquals(List.of("1"), ProgramRun.textsOf(merge, "uppers", "added"));
    assertEquals(List.of("1"), ProgramRun.textsOf(merge, "uppers", "deleted"));
    assertEquals("new", Files.readString(Path.of(path("lower/new"))));
    assertFalse(Files.exists(Path.of(path("lower/gone"))));
    assertEquals("", run("diff", "--exit-code").assertCode(0).out());
  }

  /** The signal ends neither the JVM nor the read: the end of the archive is what comes next. */
  @Test
  void anImportThatASignalEndsLeavesNothing() throws IOException {
    sandbox.createFile("disk/lower/large", "x".repeat(1 << 20));
    String archive = path("archive.tar");
    ProgramRun.run("export", "--compression=none", "--lower", path("lower"), archive).assertCode(0);
    Path parent = sandbox.createDirectory("disk/parent");
    List<String> words = new ArrayList<>(ProgramRun.programWords());
    words.addAll(List.of("import", "-", parent + "/imported"));
    Process program =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream in = program.getOutputStream()) {
      // A pipe holds less, so that the program has begun to read when this returns.
      in.write(Arrays.copyOf(Files.readAllBytes(Path.of(archive)), 1 << 19));
      in.flush();
      assertEquals(1, entriesIn(parent).size());
      program.destroy();
    }
    try {
      assertEquals(128 + 15, program.waitFor());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    assertEquals(List.of(), entriesIn(parent));
  }

  private static List<Path> entriesIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  @Test
  void severalUppersAreMergedByAPolicyAndTheOthersKept() throws IOException {
    sandbox.createFile("disk/two/upper/new", "two");
    sandbox.createDirectory("disk/two/work");
    sandbox.createDirectory("disk/three/upper");
    sandbox.createDirectory("disk/three/work");
    String[] others = {"--instance", path("two"), "--keep", path("three")};
    List<String> refusing = new ArrayList<>(List.of(others));
    refusing.addAll(List.of("--policy", "refuse", "--json"));
    ProgramRun refused = run("merge", refusing.toArray(String[]::new)).assertCode(1);
    assertTrue(refused.problemCodes().contains("merge-conflict"), refused.out());
    assertFalse(Files.exists(Path.of(path("lower/new"))));

    ProgramRun merged = run("merge", others).assertCode(0);
    assertTrue(merged.out().contains("2 conflicts, the first: "), merged.out());
    assertEquals("two", Files.readString(Path.of(path("lower/new"))));
  }

  @Test
  void aCheckFindsAndRepairs() throws IOException {
    Sandbox.run("mknod", path("one/upper/orphan"), "c", "0", "0");
    ProgramRun found = run("check").assertCode(3);
    assertTrue(found.out().startsWith("whiteout-orphan: " + path("one/upper/orphan")), found.out());
    assertTrue(found.out().contains("overlays check --repair"), found.out());
    JsonObject repaired = run("check", "--repair", "--json").assertCode(0).json();
    assertEquals(1, repaired.getAsJsonObject("repaired").get("whiteout-orphan").getAsInt());
    assertEquals(0, repaired.getAsJsonArray("findings").size());
    assertEquals("", run("check").assertCode(0).out());
  }

  @Test
  void anArchiveTravelsThroughAFileAndThroughAPipe() throws IOException {
    String archive = path("one.tar.zst");
    JsonObject blob = run("export", "--compression=zstd", "--json", archive).assertCode(0).json();
    String digest = blob.get("digest").getAsString();
    assertEquals(
        digest.substring("sha256:".length()), Sandbox.run("sha256sum", archive).split(" ", 2)[0]);
    JsonObject imported =
        ProgramRun.run("import", "--json", "--digest", digest, archive, path("imported"))
            .assertCode(0)
            .json();
    assertEquals(1, imported.get("whiteouts").getAsInt());
    assertEquals("new", Files.readString(Path.of(path("imported/new"))));

    ProgramRun again = ProgramRun.run("import", "--json", archive, path("imported")).assertCode(1);
    assertEquals(List.of("archive-target-exists"), again.problemCodes());
    String wrong = "sha256:" + "0".repeat(64);
    ProgramRun other =
        ProgramRun.run("import", "--json", "--digest", wrong, archive, path("other")).assertCode(1);
    assertEquals(List.of("archive-digest-wrong"), other.problemCodes());
    assertFalse(Files.exists(Path.of(path("other"))));

    String program = String.join(" ", ProgramRun.programWords());
    Sandbox.run(
        "bash",
        "-c",
        "set -o pipefail; "
            + program
            + " export --lower "
            + path("lower")
            + " - 2>/dev/null | "
            + program
            + " import - "
            + path("piped"));
    assertEquals("gone", Files.readString(Path.of(path("piped/gone"))));
  }

  @Test
  void whatCannotBeReadOrWrittenIsAProblemAndLeavesNothing() throws IOException {
    List<ProgramRun> runs =
        ProgramLoop.runAll(
            List.of(
                List.of("export", "--json", "--lower", path("lower"), path("none/one.tar")),
                List.of("diff", "--json", "--lower", path("none"), "--instance", path("one")),
                List.of("diff", "--json", "--mounted", path("none")),
                List.of("diff", "--json"),
                List.of(
                    "merge",
                    "--json",
                    "--lower",
                    path("lower"),
                    "--instance",
                    path("one"),
                    "--upper",
                    path("one/upper"))));
    assertEquals(List.of(1, 1, 1, 2, 2), runs.stream().map(ProgramRun::code).toList());
    List<String> codes = new ArrayList<>();
    for (ProgramRun run : runs) {
      codes.addAll(run.problemCodes());
    }
    assertEquals(
        List.of(
            "input-output-failed",
            "layer-not-found",
            "mount-point-not-found",
            "wrong-usage",
            "wrong-usage"),
        codes);
    assertFalse(Files.exists(Path.of(path("none"))));
  }
}
