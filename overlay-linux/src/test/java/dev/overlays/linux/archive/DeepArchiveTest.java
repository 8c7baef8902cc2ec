package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trees deeper than a path may be long, and than the stack of a thread. */
class DeepArchiveTest {
  private static final int LEVELS = Integer.getInteger("overlays.levels", 2500);
  private static final int STACK = 512 << 10;
  private static final Name INNER = Name.of("d");
  private static final Name FILE = Name.of("file");

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.mountTmpfs("t");
  }

  private static Path makeTree(Path root) throws IOException {
    LayerDirectory top = new NativeLayerStore().open(root);
    try {
      LayerDirectory present = top;
      for (int level = 0; level < LEVELS; level++) {
        present.createDirectory(INNER);
        LayerDirectory outer = present;
        present = outer.open(INNER);
        if (outer != top) {
          outer.close();
        }
      }
      try (OutputStream file = present.createFile(FILE)) {
        file.write('x');
      }
      present.createLink(FILE, top, Name.of("z"));
      present.createWhiteout(Name.of("gone"));
      present.close();
    } finally {
      top.close();
    }
    return root;
  }

  private static byte[] export(OciLayer layer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    layer.compression(OciCompression.GZIP).writeTo(out);
    return out.toByteArray();
  }

  /** Runs it on a stack that recursion would exhaust. */
  private static void onSmallStack(Work work) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    Thread thread = new Thread(null, task, "small stack", STACK);
    thread.start();
    task.get(10, TimeUnit.MINUTES);
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  @Test
  void travelBothWays() throws Exception {
    Path layer = makeTree(sandbox.createDirectory("t/layer"));
    Path imported = sandbox.path("t/imported");
    onSmallStack(
        () -> {
          byte[] archive = export(OciLayer.of(layer, MarkNamespace.TRUSTED));
          OciImport.to(imported)
              .limits(OciLimits.DEFAULTS.withPaths(LEVELS + 1, 2 * LEVELS + 10).withRatio(10_000))
              .run(new ByteArrayInputStream(archive));
          assertArrayEquals(archive, export(OciLayer.of(imported, MarkNamespace.TRUSTED)));
          Path file = Files.write(sandbox.path("t/archive"), archive);
          String names = Sandbox.run("sh", "-c", "tar -tzf \"$0\" | wc -lc", file.toString());
          // The root, the directories, the file, the whiteout and the link, each with its line end.
          long directories = 2L * LEVELS * (LEVELS + 1) / 2 + LEVELS;
          long bytes = 3 + directories + 2L * LEVELS + 5 + 2L * LEVELS + 9 + 2;
          assertEquals((LEVELS + 4) + " " + bytes, names.strip().replaceAll(" +", " "));
        });
    assertEquals("x", Files.readString(imported.resolve("z")));
  }

  /** A renamed directory is whole in the archive, with all that is below. */
  @Test
  void whatIsRenamedTravelsWhole() throws Exception {
    Path lower = sandbox.createDirectory("t/lower");
    makeTree(sandbox.createDirectory("t/lower/old"));
    Path upper = sandbox.createDirectory("t/upper");
    sandbox.createDirectory("t/upper/new");
    Sandbox.run("mknod", upper + "/old", "c", "0", "0");
    Sandbox.run(
        "setfattr", "-n", Mark.REDIRECT.xattr(MarkNamespace.TRUSTED), "-v", "old", upper + "/new");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(lower)
            .upper(upper)
            .work(sandbox.createDirectory("t/work"))
            .options(options -> options.withRedirectDir(RedirectDir.ON))
            .build();
    onSmallStack(
        () -> {
          Path file = Files.write(sandbox.path("t/archive"), export(OciLayer.of(spec)));
          String names = Sandbox.run("sh", "-c", "tar -tzf \"$0\" | wc -l", file.toString());
          // The root, the whiteout of the old name, the mark, the tree without its whiteout.
          assertEquals(Integer.toString(LEVELS + 6), names.strip());
        });
  }
}
