package dev.overlays.testkit.union;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the union of random layers of every format with {@link LayerView}. */
class RandomViewTest {
  private static final int SEEDS = 60;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void showsWhatTheLayersShow(int lowers) throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      try (UnionFixture bed = filledFixture(seed, lowers)) {
        UnionFileSystem union = bed.open(options -> options.withRedirectDir(RedirectDir.FOLLOW));
        assertSame(bed.expectedLines(), union, seed);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void showsWhatLowersShowWithoutAnUpper(int lowers) throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      try (UnionFixture bed = filledFixture(seed, lowers)) {
        OverlaySpec spec =
            OverlaySpec.builder()
                .lowers(bed.lowers)
                .options(options -> options.withRedirectDir(RedirectDir.FOLLOW))
                .build();
        LayerView expected =
            LayerView.ofLowers(new PortableLayerStore(), bed.lowers, MarkNamespace.TRUSTED);
        assertSame(expected.manifest(), bed.open(spec), seed);
      }
    }
  }

  private static UnionFixture filledFixture(long seed, int lowers) throws IOException {
    UnionFixture bed = new UnionFixture(lowers);
    RandomLayers.of(seed, MarkNamespace.TRUSTED)
        .withNodes()
        .withOwners()
        .withXattrWhiteoutsInUpper()
        .fillLayers(new PortableLayerStore(), bed.lowers, bed.upper);
    return bed;
  }

  private static void assertSame(List<String> expected, UnionFileSystem union, long seed)
      throws IOException {
    // java.nio.file shows neither the flags of chattr(1) nor trusted attributes.
    List<String> comparable =
        expected.stream().map(s -> s.replaceAll(" (flags|trusted\\.\\S+)=\\w*", "")).toList();
    assertEquals(
        String.join("\n", comparable),
        String.join("\n", ShownView.of(union.getPath("/"))),
        () -> "seed " + seed);
  }
}
