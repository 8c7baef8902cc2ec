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
    sandbox().makeFile("lower/changed", "lower");
    sandbox().makeFile("lower/gone", "lower");
    sandbox().makeFile("lower/directory/gone", "lower");
    sandbox().makeFile("lower/directory/kept", "lower");
  }

  private static void changeView(Path root) throws IOException {
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
    OverlaySpec spec = sandbox().specOfLayers().build();
    OverlaySpec other = sandbox().specOfLayers("other-").build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      changeView(mount.root());
      SortedMap<String, String> shown = sandbox().viewLines(mount);
      for (OverlaySpec merged : List.of(spec, other)) {
        OverlayException e =
            assertThrows(OverlayException.class, () -> sandbox().layerStore().claim(merged));
        ProblemAsserts.assertTold(
            e.problems(),
            sandbox().isStrict(),
            List.of(ProblemCode.LAYER_IN_USE, ProblemCode.LAYER_LOCKED),
            Optional.empty());
      }
      assertEquals(shown, sandbox().viewLines(mount));
    }
  }

  @Test
  @DisplayName("12.2 layers that are being merged are not mounted")
  void notMountedWhileMerged() throws IOException {
    OverlaySpec spec = sandbox().specOfLayers().build();
    OverlaySpec other = sandbox().specOfLayers("other-").build();
    try (Closeable claim = sandbox().layerStore().claim(spec)) {
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
    OverlaySpec spec = sandbox().specOfLayers().build();
    SortedMap<String, String> shown;
    try (OverlayMount mount = sandbox().mount(spec)) {
      changeView(mount.root());
      shown = VisibleTree.of(mount.root(), Set.of());
    }
    assertEquals(List.copyOf(shown.keySet()), sandbox().namesInLayers(spec));
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(shown, VisibleTree.of(mount.root(), Set.of()));
    }
  }
}
