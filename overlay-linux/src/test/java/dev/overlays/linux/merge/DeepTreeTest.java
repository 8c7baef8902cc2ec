package dev.overlays.linux.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trees of 8,000 levels, in a JVM whose threads have a stack of 512 KiB and which may have 1024
 * files open: no walk may need more for a deeper tree.
 */
@Tag("long")
class DeepTreeTest {
  private static final int LEVELS = 8_000;
  private static final String LIMITED = "ulimit -n 1024 && exec \"$@\"";

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    // A tree that is deeper than a path can be long is gone with its file system.
    sandbox.mountTmpfs("place");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyEngineGoesThroughADeepTree(int workers) throws Exception {
    run("engines", Integer.toString(workers));
  }

  @Test
  void aDeepTreeIsMergedToAnotherFileSystem() throws Exception {
    run("copies", sandbox.mountTmpfs("other").toString());
  }

  @Test
  void deepLayersAreSquashedCopiedMovedAndMergedTogether() throws Exception {
    run("layers");
  }

  @Test
  void aCacheOfWhichOneInstanceHasADeepTreeIsMaintained() throws Exception {
    run("cache");
  }

  @Test
  void aDeepTreeInAnEphemeralViewIsKeptOrDiscarded() throws Exception {
    run("ephemeral");
  }

  @Test
  void aPrivatePathAtTheBottomOfADeepTreeIsHidden() throws Exception {
    run("private");
  }

  private void run(String... what) throws IOException, InterruptedException {
    Path place = sandbox.createDirectory("place/trees");
    List<String> command = new ArrayList<>(List.of("sh", "-c", LIMITED, "sh"));
    command.addAll(
        ChildJvm.javaCommand(DeepTrees.class, place.toString(), Integer.toString(LEVELS)));
    command.addAll(List.of(what));
    command.add(command.indexOf(ChildJvm.javaProgram()) + 1, "-Xss512k");
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    assertTrue(child.waitFor() == 0 && output.endsWith("done\n"), output);
  }
}
