package dev.overlays.linux.junit;

import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.testkit.tree.LayerTree;
import dev.overlays.testkit.tree.SnapshotDetail;
import dev.overlays.testkit.tree.UnchangedLowers;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The kernel mounts layers that are written from text. */
class MountedTreeTest {
  @Test
  void kernelMountsTheWrittenTree() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      LayerTree.parse(
              """
              gone         "gone"
              hidden/
                old        "old"
              kept/
                a          "a" 0640 owner=1:2 user.x="1"
                b          => kept/a
              moved/
                c          "c"
              """)
          .writeTo(sandbox.createDirectory("lower"));
      LayerTree upper =
          LayerTree.parse(
                  """
                  gone         whiteout
                  hidden/      opaque
                    new        random=100K:3
                  kept/
                    null       char=1:3 0600
                    pipe       fifo
                  moved        whiteout
                  there/       redirect="moved"
                  """)
              .writeTo(sandbox.createDirectory("upper"));
      upper.assertMatches(sandbox.path("upper"));
      var spec = sandbox.newLayers().options(o -> o.withRedirectDir(RedirectDir.ON)).build();
      try (UnchangedLowers unchanged = UnchangedLowers.of(spec, SnapshotDetail.all());
          OverlayMount mount = Overlays.mount(spec)) {
        LayerTree.parse(
                """
                hidden/
                  new        random=100K:3
                kept/
                  a          "a" 0640 owner=1:2 user.x="1"
                  b          => kept/a
                  null       char=1:3 0600
                  pipe       fifo
                there/
                  c          "c"
                """)
            .assertMatches(mount.root());
        Files.delete(mount.root().resolve("hidden/new"));
        Files.delete(mount.root().resolve("kept/b"));
        unchanged.assertUnchanged();
      }
      LayerTree.parse(
              """
              gone         whiteout
              hidden/      opaque
              kept/
                b          whiteout
                null       char=1:3
                pipe       fifo
              moved        whiteout
              there/       redirect="moved"
              """)
          .assertMatches(sandbox.path("upper"));
    }
  }
}
