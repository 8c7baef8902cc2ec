package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With {@code --json} standard output is one object of JSON, whatever is asked. */
class JsonOutputTest {
  private static final int COMMANDS = 60;
  private static final List<String> NAMES =
      List.of(
          "status", "create", "mount", "unmount", "maintain", "merge", "diff", "check", "vacuum");
  private static final List<String> OPTIONS =
      List.of(
          "--dry-run",
          "--repair",
          "--wait=1ms",
          "--content",
          "--exit-code",
          "--workers=2",
          "--policy=refuse",
          "--none",
          "-o",
          "metacopy",
          "--keep=x",
          "one",
          "two\n\"three\"",
          "--lazy");

  @Test
  void itAlwaysParsesAndHasProblemsExactlyIfTheCommandHasFailed() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.mountDisk("disk");
      sandbox.createFile("disk/lower/file", "file");
      sandbox.createDirectory("disk/instances");
      createHardNames(sandbox);
      List<List<String>> commands = new ArrayList<>();
      for (int i = 0; i < COMMANDS; i++) {
        commands.add(randomCommand(random, sandbox));
      }
      commands.add(
          List.of(
              "unmount",
              "--json",
              "--lower",
              "" + sandbox.path("disk/lower"),
              "--instances",
              "" + sandbox.path("disk/instances")));
      List<ProgramRun> runs = ProgramLoop.runAll(commands);
      for (int i = 0; i < runs.size(); i++) {
        ProgramRun run = runs.get(i);
        String context = "seed " + seed + ": " + commands.get(i) + "\n" + run.out() + run.err();
        JsonObject json = ProgramRun.parse(run.out());
        boolean failed = run.code() != 0 && run.code() != 3;
        assertEquals(failed, !json.getAsJsonArray("problems").isEmpty(), context);
        assertFalse(run.err().contains("internal-error"), context);
        assertEquals(
            run.err().lines().filter(line -> line.startsWith("overlays: ")).count(),
            json.getAsJsonArray("problems").size(),
            context);
      }
    }
  }

  /** Names that are no UTF-8, or have characters that JSON escapes. */
  private static void createHardNames(Sandbox sandbox) throws IOException {
    String directory = sandbox.createDirectory("disk/instances/one/upper").toString();
    sandbox.createDirectory("disk/instances/one/work");
    Sandbox.run(
        "sh",
        "-c",
        "cd "
            + directory
            + " && touch \"$(printf 'a\\nb\"c\\\\d\\t\\001')\" \"$(printf '\\377\\303')\""
            + " \"$(printf '\\342\\200\\250')\" && mknod \"$(printf '\\355\\240\\200')\" c 0 0");
  }

  private static List<String> randomCommand(Random random, Sandbox sandbox) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    List<String> words = new ArrayList<>(List.of(name, "--json"));
    boolean ofCache = NAMES.indexOf(name) < 5;
    if (random.nextInt(12) > 0) {
      words.add("--lower=" + sandbox.path("disk/" + (random.nextInt(12) > 0 ? "lower" : "none")));
      words.add(
          ofCache
              ? "--instances=" + sandbox.path("disk/instances")
              : "--instance=" + sandbox.path("disk/instances/one"));
    }
    if (name.equals("create")) {
      words.add("one");
    }
    while (random.nextInt(3) == 0) {
      words.add(OPTIONS.get(random.nextInt(OPTIONS.size())).replace("\n", " "));
    }
    return words;
  }
}
