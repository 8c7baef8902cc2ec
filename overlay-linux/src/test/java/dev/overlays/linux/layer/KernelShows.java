package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.Change;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.merge.DiffOracle;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * What the kernel shows of a spec.
 *
 * @param tree kinds and contents
 * @param manifest all attributes too, where everything can be looked up and read
 */
record KernelShows(SortedMap<String, String> tree, Optional<List<String>> manifest) {
  private static final NativeLayerStore STORE = new NativeLayerStore();

  /** Mounts it to see. */
  static KernelShows of(OverlaySpec spec) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    try {
      SortedMap<String, String> tree = ShownTree.ofMounted(mount.root());
      return new KernelShows(
          tree, isWhole(tree) ? Optional.of(manifest(mount.root())) : Optional.empty());
    } finally {
      mount.close(UnmountOptions.waitingUpTo(Duration.ofMinutes(1)));
    }
  }

  private static List<String> manifest(Path root) throws IOException {
    return LayerView.ofMounted(STORE, root).withoutHardLinks().manifest();
  }

  private static boolean isWhole(SortedMap<String, String> tree) {
    return tree.values().stream()
        .noneMatch(text -> text.equals(ShownTree.REFUSED) || text.equals(ShownTree.UNREADABLE));
  }

  /**
   * Holds the view and the diff of the library to it, by all attributes.
   *
   * @param refused what a check names that the kernel does not take wherever it looks at it
   */
  void compare(OverlaySpec spec, Set<Path> refused, String what) throws IOException {
    if (manifest.isEmpty()) {
      return;
    }
    if (spec.dataLowers().isEmpty()) {
      compareView(spec, refused, what);
    }
    if (spec.upper().isPresent()) {
      diff(spec, refused, what);
    }
  }

  private void compareView(OverlaySpec spec, Set<Path> refused, String what) throws IOException {
    List<String> view;
    try {
      view = view(spec);
    } catch (FileSystemException e) {
      assertTrue(refused.contains(Path.of(e.getFile())), () -> e + " " + what);
      return;
    }
    assertEquals(
        String.join("\n", manifest.get()), String.join("\n", view), () -> "the manifest " + what);
  }

  private static List<String> view(OverlaySpec spec) throws IOException {
    MarkNamespace marks = spec.options().userXattr() ? MarkNamespace.USER : MarkNamespace.TRUSTED;
    LayerView view =
        spec.upper().isPresent()
            ? LayerView.of(STORE, spec.upper().get(), spec.lowers(), marks)
            : LayerView.ofLayers(STORE, spec.lowers(), marks);
    return view.withoutHardLinks().manifest();
  }

  /** An upper in which nothing is shows what the lowers do. */
  private void diff(OverlaySpec spec, Set<Path> refused, String what) throws IOException {
    Path beside = Files.createDirectory(spec.upper().orElseThrow().resolveSibling("without"));
    OverlaySpec without =
        spec.toBuilder()
            .upper(Files.createDirectory(beside.resolve("upper")))
            .work(Files.createDirectory(beside.resolve("work")))
            .build();
    Optional<List<String>> lowers = of(without).manifest();
    if (lowers.isEmpty()) {
      return;
    }
    try {
      DiffOracle.assertExact(
          told(OverlayDiff.of(spec).compareContent()), lowers.get(), manifest.get());
      DiffOracle.assertCareful(told(OverlayDiff.of(spec)), lowers.get(), manifest.get());
    } catch (AssertionError e) {
      throw new AssertionError("the diff " + what + " " + e.getMessage(), e);
    } catch (OverlayException e) {
      Path path = e.problems().get(0).path().orElseThrow();
      assertTrue(refused.contains(path), () -> "the diff " + e + " " + what);
    }
  }

  private static List<Change> told(OverlayDiff diff) throws IOException {
    try (Stream<Change> changes = diff.changes()) {
      return changes.toList();
    }
  }
}
