package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands about a cache and its instances, as root. */
@Tag("long")
class CacheCommandsTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void createCache() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountDisk("disk");
    sandbox.createFile("disk/lower/old", "old");
    sandbox.createFile("disk/lower/both", "both");
    sandbox.createDirectory("disk/instances");
  }

  private ProgramRun run(String command, String... arguments) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                command,
                "--lower",
                sandbox.path("disk/lower").toString(),
                "--instances",
                sandbox.path("disk/instances").toString()));
    words.addAll(List.of(arguments));
    return ProgramRun.run(words.toArray(String[]::new));
  }

  private Path view(String name) {
    return sandbox.path("disk/instances/" + name + "/mnts");
  }

  private static List<String> names(JsonObject json, String array) {
    List<String> names = new ArrayList<>();
    json.getAsJsonArray(array).forEach(each -> names.add(each.getAsString()));
    return names;
  }

  @Test
  void instancesAreCreatedMountedMaintainedAndUnmounted() throws IOException {
    assertEquals("created one, two\n", run("create", "one", "two").assertCode(0).out());
    JsonObject mounted = run("mount", "--json").assertCode(0).json();
    assertEquals(
        List.of(view("one").toString(), view("two").toString()),
        ProgramRun.textsOf(mounted, "mounts", "root"));
    Files.writeString(view("one").resolve("new"), "new");
    Files.delete(view("one").resolve("both"));

    JsonObject status = run("status", "--json").assertCode(0).json();
    assertEquals(List.of("one", "two"), ProgramRun.textsOf(status, "instances", "name"));
    assertEquals(List.of("kernel", "kernel"), ProgramRun.textsOf(status, "instances", "backend"));
    assertTrue(status.get("lowerBytes").getAsLong() > 0);

    ProgramRun dryRun = run("maintain", "--dry-run").assertCode(0);
    assertTrue(dryRun.out().contains("would merge: 1 added"), dryRun.out());
    assertFalse(Files.exists(sandbox.path("disk/lower/new")));

    JsonObject maintained =
        run("maintain", "--json", "--policy", "delete-common").assertCode(0).json();
    assertEquals(List.of("one", "two"), names(maintained, "mounted"));
    JsonObject merge = maintained.getAsJsonObject("merge");
    assertEquals(1, merge.get("conflicts").getAsLong());
    assertEquals(List.of("both"), ProgramRun.textsOf(merge, "firstConflicts", "path"));
    assertEquals("new", Files.readString(view("two").resolve("new")));
    assertTrue(Files.exists(view("two").resolve("both")));
    assertFalse(Files.exists(view("one").resolve("both")));

    assertEquals("unmounted one\n", run("unmount", "one").assertCode(0).out());
    assertEquals(List.of("two"), names(run("unmount", "--json").assertCode(0).json(), "unmounted"));
    assertEquals(List.of(), sandbox.mountedViews());
  }

  @Test
  void aViewInUseIsNamedWithItsHolderAndWaitedForWhenAsked() throws IOException {
    run("create", "one").assertCode(0);
    run("mount").assertCode(0);
    Process holder = new ProcessBuilder("sleep", "99").directory(view("one").toFile()).start();
    try {
      for (String command : List.of("maintain", "unmount")) {
        ProgramRun refused = run(command, "--json").assertCode(1);
        assertEquals(List.of("mount-busy", "mount-held"), refused.problemCodes());
        assertTrue(refused.err().contains("Process " + holder.pid() + " (sleep)"), refused.err());
        assertTrue(refused.err().contains("--wait"), refused.err());
        assertFalse(refused.err().contains("UnmountOptions"), refused.err());
      }
      assertTrue(run("status").assertCode(0).out().contains("Process " + holder.pid()));
      Process waiting = startWaiting();
      holder.destroy();
      assertEquals(0, waiting.waitFor());
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      holder.destroy();
    }
    assertEquals(List.of(), sandbox.mountedViews());
  }

  private Process startWaiting() throws IOException {
    List<String> words = new ArrayList<>(ProgramRun.programWords());
    words.addAll(
        List.of(
            "unmount",
            "--wait=60s",
            "--lower=" + sandbox.path("disk/lower"),
            "--instances=" + sandbox.path("disk/instances")));
    return new ProcessBuilder(words).inheritIO().start();
  }

  @Test
  void oneUnknownInstanceDoesNotKeepTheOthersFromBeingMounted() throws IOException {
    run("create", "one").assertCode(0);
    ProgramRun mounted = run("mount", "--json", "none", "one").assertCode(1);
    assertEquals(List.of("instance-directory-not-found"), mounted.problemCodes());
    assertEquals(
        List.of(view("one").toString()), ProgramRun.textsOf(mounted.json(), "mounts", "root"));
    run("unmount", "--lazy").assertCode(0);
  }

  @Test
  void wrongArgumentsAreWrongUsage() throws IOException {
    List<List<String>> commands = new ArrayList<>();
    for (List<String> wrong :
        List.of(
            List.of("create", "a/b"),
            List.of("create"),
            List.of("maintain", "--workers=0"),
            List.of("maintain", "--policy=none"),
            List.of("unmount", "--wait=soon"),
            List.of("mount", "--backend=rootless"),
            List.of("mount", "-o", "metacopy=maybe"))) {
      List<String> words = new ArrayList<>(wrong);
      words.addAll(
          List.of(
              "--json",
              "--lower=" + sandbox.path("disk/lower"),
              "--instances=" + sandbox.path("disk/instances")));
      commands.add(words);
    }
    for (ProgramRun run : ProgramLoop.runAll(commands)) {
      assertEquals(List.of("wrong-usage"), run.assertCode(2).problemCodes());
    }
  }
}
