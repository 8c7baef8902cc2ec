package dev.overlays.linux.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.AheadRuns;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Trees of 8,000 levels, in a JVM whose threads have a stack of 512 KiB and which may have 1024
 * files open: no walk may need more for a deeper tree.
 */
@Tag("long")
class DeepTreeTest {
  private static final int LEVELS = 8_000;
  private static final String LIMITED = "ulimit -n 1024 && exec \"$@\"";

  @AutoClose private Sandbox sandbox;
  @AutoClose private final AheadRuns runs = new AheadRuns();

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** See {@link DeepTrees} for what each does. */
  @TestFactory
  Stream<DynamicTest> everythingIsDoneWithADeepTree() {
    return runs.testEach(
        List.of("engines 1", "engines 2", "copies", "layers", "cache", "ephemeral", "private"),
        what -> () -> run(what),
        (what, output) -> assertTrue(output.endsWith("done\n"), output));
  }

  private String run(String what) throws IOException, InterruptedException {
    String name = what.replace(' ', '-');
    // A tree that is deeper than a path can be long is gone with its file system.
    Path place = Files.createDirectory(sandbox.mountTmpfs(name).resolve("trees"));
    List<String> command = new ArrayList<>(List.of("sh", "-c", LIMITED, "sh"));
    command.addAll(
        ChildJvm.javaCommand(DeepTrees.class, place.toString(), Integer.toString(LEVELS)));
    command.addAll(List.of(what.split(" ")));
    if (what.equals("copies")) {
      command.add(sandbox.mountTmpfs("other").toString());
    }
    command.add(command.indexOf(ChildJvm.javaProgram()) + 1, "-Xss512k");
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    return output + (child.waitFor() == 0 ? "" : "it failed");
  }
}
