package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Trees of many levels in memory, in a thread with the smallest stack that the JVM allows. Each
 * call in memory walks down from the root, so the trees are only as deep as is needed to exhaust
 * the stack by one call per level.
 */
class DeepInMemoryTest {
  private static final int LEVELS = 400;
  private static final int STACK = 1;
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;
  private static final Name DOWN = Name.of("d");

  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();
  private Path lower;
  private Path upper;
  private OverlaySpec spec;

  @BeforeEach
  void makeLayers() throws IOException {
    lower = Files.createDirectory(memory.getPath("lower").toAbsolutePath());
    upper = Files.createDirectory(memory.getPath("upper").toAbsolutePath());
    Path work = Files.createDirectory(memory.getPath("work").toAbsolutePath());
    spec = OverlaySpec.builder().lower(lower).upper(upper).work(work).build();
  }

  private static <T> T onASmallStack(Callable<T> what) throws Exception {
    FutureTask<T> task = new FutureTask<>(what);
    Thread thread = new Thread(null, task, "small stack", STACK);
    thread.start();
    return task.get();
  }

  private static void createDeepTree(Path directory, String top) throws IOException {
    LayerDirectory at = LayerStore.of(directory).open(directory);
    Name next = Name.of(top);
    for (int i = 0; i < LEVELS; i++) {
      at.createDirectory(next);
      try (LayerDirectory outer = at) {
        at = outer.open(next);
      }
      next = DOWN;
    }
    at.close();
  }

  @Test
  void smallStackReadsMergesAndRemovesADeepTree() throws Exception {
    createDeepTree(lower, "both");
    createDeepTree(lower, "gone");
    createDeepTree(upper, "both");
    createDeepTree(upper, "new");
    try (LayerDirectory root = LayerStore.of(upper).open(upper)) {
      root.createWhiteout(Name.of("gone"));
    }
    onASmallStack(
        () -> {
          LayerView view = LayerView.of(LayerStore.of(upper), upper, List.of(lower), MARKS);
          List<String> before = view.manifest();
          assertEquals(2 * LEVELS + 1, before.size());
          OverlayMerge.of(spec).run();
          assertEquals(before, view.manifest());
          try (LayerDirectory root = LayerStore.of(lower).open(lower)) {
            LayerEntries.removeTree(root, Name.of("new"));
            assertTrue(root.stat(Name.of("new")).isEmpty());
          }
          return null;
        });
  }

  @Test
  void smallStackCreatesADirectoryAtTheBottomOfADeepView() throws Exception {
    createDeepTree(lower, "t");
    Path bottom = memory.getPath("t", Collections.nCopies(LEVELS - 1, "d").toArray(String[]::new));
    onASmallStack(
        () -> {
          try (OverlayMount mount = Overlays.mount(spec)) {
            Files.createDirectory(mount.root().resolve(bottom.toString()).resolve("new"));
          }
          return null;
        });
    assertTrue(Files.exists(upper.resolve(bottom).resolve("new")));
  }
}
