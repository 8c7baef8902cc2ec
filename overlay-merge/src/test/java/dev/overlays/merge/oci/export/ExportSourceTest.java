package dev.overlays.merge.oci.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which layers an export reads, and as which view it holds them. */
class ExportSourceTest {
  private static final Path TOP = Path.of("/top");
  private static final Path MIDDLE = Path.of("/middle");
  private static final Path BOTTOM = Path.of("/bottom");
  private static final Path DATA = Path.of("/data");

  private static OverlaySpec.Builder lowersOnly() {
    return OverlaySpec.builder()
        .lower(TOP)
        .lower(MIDDLE)
        .lower(BOTTOM)
        .dataLower(DATA)
        .options(options -> options.withUserXattr(true));
  }

  private static OverlaySpec instance() {
    return lowersOnly().instance(Path.of("/instance")).privatePath("etc/config").build();
  }

  /** Nobody may mount or merge the upper meanwhile, so the view itself is held. */
  @Test
  void upperIsReadOverAllItsLowers() {
    OverlaySpec spec = instance();
    ExportSource source = ExportSource.ofUpper(spec);
    assertEquals(List.of(spec.upper().orElseThrow(), TOP, MIDDLE, BOTTOM), source.layers());
    assertEquals(List.of(DATA), source.dataLayers());
    assertEquals(MarkNamespace.USER, source.marks());
    assertEquals(List.of("etc/config"), source.privatePaths());
    assertEquals(spec, source.heldView());
    assertTrue(source.isUpper());
    assertFalse(source.lowersUnknown());
    assertNull(source.problem());
  }

  /** Views may use it meanwhile, but what is above it does not belong to it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void lowerIsReadOverThoseBelowIt(int index) {
    List<Path> lowers = List.of(TOP, MIDDLE, BOTTOM);
    ExportSource source = ExportSource.ofLower(instance(), lowers.get(index));
    assertEquals(lowers.subList(index, 3), source.layers());
    assertEquals(List.of(DATA), source.dataLayers());
    assertEquals(List.of(), source.privatePaths(), "they are the upper's");
    assertEquals(source.layers(), source.heldView().lowers());
    assertTrue(source.heldView().ephemeral().isPresent(), "nothing is held for writing");
    assertTrue(source.heldView().options().userXattr());
    assertFalse(source.isUpper() || source.lowersUnknown());
  }

  @Test
  void layerByItselfHasUnknownLowers() {
    ExportSource source = ExportSource.ofLayer(MIDDLE, MarkNamespace.TRUSTED);
    assertEquals(List.of(MIDDLE), source.layers());
    assertEquals(List.of(MIDDLE), source.heldView().lowers());
    assertEquals(Optional.empty(), source.heldView().upper());
    assertFalse(source.heldView().options().userXattr());
    assertTrue(source.lowersUnknown());
    assertFalse(source.isUpper());
  }

  @Test
  void missingLayerIsAProblemThatNamesIt() {
    ExportSource none = ExportSource.ofUpper(lowersOnly().build());
    assertEquals(ProblemCode.LAYER_NOT_FOUND, none.problem().code());
    assertEquals(Optional.of(TOP), none.problem().path());
    for (Path other :
        List.of(Path.of("/other"), DATA, Path.of("/instance/upper"), Path.of("top"))) {
      ExportSource source = ExportSource.ofLower(instance(), other);
      assertEquals(ProblemCode.LAYER_NOT_FOUND, source.problem().code());
      assertEquals(Optional.of(other), source.problem().path());
    }
  }
}
