package dev.overlays.merge.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The contents of both layers at private paths. */
record PrivateContents(Map<String, List<String>> inUpper, Map<String, List<String>> inLower) {

  static PrivateContents of(MergeCase layers) throws IOException {
    LayerView upper = LayerView.ofSingleLayer(layers.store(), layers.upperPath(), layers.marks());
    Map<String, List<String>> inUpper = new TreeMap<>();
    Map<String, List<String>> inLower = new TreeMap<>();
    for (String path : layers.privatePaths()) {
      inUpper.put(path, upper.withoutHardLinks().manifest(path));
      inLower.put(path, layers.lowerView().withoutHardLinks().manifest(path));
    }
    return new PrivateContents(inUpper, inLower);
  }

  /**
   * Asserts that the merge has not changed them.
   *
   * @param plain whether nothing in the upper relies on the lower; otherwise a merge completes
   *     those entries
   */
  void assertUntouched(PrivateContents before, boolean plain) {
    if (!plain) {
      return;
    }
    assertEquals(before.inUpper, inUpper, "private paths in the upper");
    inLower.forEach(
        (path, lines) ->
            assertTrue(
                lines.isEmpty() || lines.equals(before.inLower.get(path)),
                () -> "the lower has got at the private " + path + ": " + lines));
  }
}
