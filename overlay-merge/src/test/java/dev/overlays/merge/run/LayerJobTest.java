package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.layer.MarkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests {@link LayerJob} and {@link MergeSettings}. */
class LayerJobTest {
  private final OverlaySpec spec =
      OverlaySpec.builder()
          .lower(Path.of("/l0"))
          .lower(Path.of("/l1"))
          .lower(Path.of("/l2"))
          .dataLower(Path.of("/data"))
          .upper(Path.of("/u"))
          .work(Path.of("/w"))
          .privatePath("id")
          .options(o -> o.withIndex(true))
          .build();

  @Test
  void jobOfAViewFoldsItsUpper() {
    LayerJob job = LayerJob.of(spec);
    assertEquals(Path.of("/u"), job.upper());
    assertEquals(spec.lowers(), job.lowers());
    assertEquals(Set.of("id"), job.privatePaths());
    assertFalse(job.foldsLower());
    assertEquals(MarkNamespace.TRUSTED, job.marks());
  }

  /** The kernel writes nothing into a lower, so neither private paths nor the index concern it. */
  @Test
  void jobOfALowerFoldsItIntoTheRestAndIgnoresWhatBelongsToTheUpper() {
    LayerJob job = LayerJob.ofLower(spec, 1);
    assertEquals(Path.of("/l1"), job.upper());
    assertNull(job.work());
    assertTrue(job.foldsLower());
    assertEquals(List.of(Path.of("/l2")), job.lowers());
    assertEquals(List.of(Path.of("/data")), job.dataLowers());
    assertEquals(Set.of(), job.privatePaths());
    assertEquals(OverlayOptions.defaults(), job.options());
  }

  @Test
  void markNamespaceIsThatOfTheOptions() {
    OverlaySpec user =
        spec.toBuilder().options(o -> o.withIndex(false).withUserXattr(true)).build();
    assertEquals(MarkNamespace.USER, LayerJob.of(user).marks());
    assertEquals(MarkNamespace.USER, LayerJob.ofLower(user, 0).marks());
  }

  @Test
  void settingsAddPatternsAndKeepTheOthers() {
    MergeSettings settings =
        MergeSettings.DEFAULTS
            .withMoreExcluded("a")
            .withMoreExcluded("b", "c")
            .withMoreOnly("d")
            .withWorkers(3)
            .withDryRun(true);
    assertEquals(List.of("a", "b", "c"), settings.excluded());
    assertEquals(List.of("d"), settings.only());
    assertEquals(3, settings.workers());
    assertTrue(settings.dryRun());
    assertEquals(List.of(), MergeSettings.DEFAULTS.excluded());
    assertThrows(IllegalArgumentException.class, () -> settings.withWorkers(0));
  }
}
