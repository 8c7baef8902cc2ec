package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Promises that views and merges exclude each other, and that layers keep what a view has shown.
 */
abstract class MergingPromises extends ContractPromises {

  MergingPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private void fillLower() throws IOException {
    sandbox().file("lower/changed", "lower");
    sandbox().file("lower/gone", "lower");
    sandbox().file("lower/directory/gone", "lower");
    sandbox().file("lower/directory/kept", "lower");
  }

  private static void change(Path root) throws IOException {
    Files.writeString(root.resolve("changed"), "changed");
    Files.delete(root.resolve("gone"));
    Files.delete(root.resolve("directory/gone"));
    Files.createDirectory(root.resolve("directory/new"));
    Files.writeString(root.resolve("directory/new/file"), "new");
  }

  @Test
  @DisplayName("12.1 layers of a view are not merged while it is mounted, nor is what it shares")
  void refusesWhileMounted() throws IOException {
    fillLower();
    OverlaySpec spec = sandbox().layers().build();
    OverlaySpec other = sandbox().layers("other-").build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      change(mount.root());
      SortedMap<String, String> shown = sandbox().view(mount);
      for (OverlaySpec merged : List.of(spec, other)) {
        OverlayException e =
            assertThrows(OverlayException.class, () -> sandbox().store().claim(merged));
        ProblemAsserts.assertTold(
            e.problems(),
            sandbox().strict(),
            List.of(ProblemCode.LAYER_IN_USE, ProblemCode.LAYER_LOCKED),
            Optional.empty());
      }
      assertEquals(shown, sandbox().view(mount));
    }
  }

  @Test
  @DisplayName("12.2 layers that are being merged are not mounted")
  void notMountedWhileMerged() throws IOException {
    OverlaySpec spec = sandbox().layers().build();
    OverlaySpec other = sandbox().layers("other-").build();
    try (Closeable claim = sandbox().store().claim(spec)) {
      assertTrue(claim != null);
      for (OverlaySpec mounted : List.of(spec, other)) {
        new RefusalCheck(sandbox()).assertRefused(mounted, ProblemCode.LAYER_LOCKED);
      }
    }
    sandbox().mount(spec).close();
  }

  @Test
  @DisplayName("12.3 unmounted, the layers show what the view has shown, and so does a new view")
  void layersShowWhatTheViewHasShown() throws IOException {
    fillLower();
    OverlaySpec spec = sandbox().layers().build();
    SortedMap<String, String> shown;
    try (OverlayMount mount = sandbox().mount(spec)) {
      change(mount.root());
      shown = ShownTree.of(mount.root(), Set.of());
    }
    assertEquals(List.copyOf(shown.keySet()), sandbox().namesInLayers(spec));
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(shown, ShownTree.of(mount.root(), Set.of()));
    }
  }
}
