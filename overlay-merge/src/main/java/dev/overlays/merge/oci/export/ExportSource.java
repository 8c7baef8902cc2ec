package dev.overlays.merge.oci.export;

import dev.overlays.IdMapping;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.MarkNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The layer that is exported, with the view that it is a part of.
 *
 * @param layers the layer, followed by the layers below it
 * @param dataLayers the data-only layers below all of them
 * @param marks the namespace of the marks
 * @param layerFit checks that the layer suits the options of the spec
 * @param lowersUnknown whether the layers below are unknown
 * @param heldView a view to hold the layers for during the export
 * @param privatePaths the private paths, which are not exported
 * @param problem why there is no such layer; null if there is one
 */
public record ExportSource(
    List<Path> layers,
    List<Path> dataLayers,
    MarkNamespace marks,
    LayerFit layerFit,
    boolean lowersUnknown,
    OverlaySpec heldView,
    List<String> privatePaths,
    Problem problem) {

  public static ExportSource ofUpper(OverlaySpec spec) {
    List<Path> layers = new ArrayList<>();
    Problem problem = null;
    if (spec.upper().isPresent()) {
      layers.add(spec.upper().get());
    } else {
      problem =
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              spec.lowers().get(0),
              "The spec has no upper.",
              "Use a spec with an upper, or choose one of the lowers.");
    }
    layers.addAll(spec.lowers());
    return new ExportSource(
        layers,
        spec.dataLowers(),
        marksOf(spec),
        LayerFit.of(spec.options()),
        false,
        spec,
        List.copyOf(spec.privatePaths()),
        problem);
  }

  public static ExportSource ofLower(OverlaySpec spec, Path lower) {
    int index = spec.lowers().indexOf(lower);
    Problem problem = null;
    if (index < 0) {
      problem =
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              lower,
              "The spec has no such lower.",
              "Choose one of its lowers, by the path that the spec has.");
    }
    List<Path> layers = spec.lowers().subList(Math.max(index, 0), spec.lowers().size());
    MarkNamespace marks = marksOf(spec);
    OverlaySpec held = readOnly(layers, spec.dataLowers(), spec.idMappings(), marks);
    LayerFit fit = LayerFit.of(spec.options());
    return new ExportSource(layers, spec.dataLowers(), marks, fit, false, held, List.of(), problem);
  }

  public static ExportSource ofLayer(Path layer, MarkNamespace marks) {
    List<Path> layers = List.of(layer);
    OverlaySpec held = readOnly(layers, List.of(), Map.of(), marks);
    LayerFit fit = LayerFit.of(marks);
    return new ExportSource(layers, List.of(), marks, fit, true, held, List.of(), null);
  }

  /** Returns a view with an ephemeral upper over layers that stay unchanged. */
  private static OverlaySpec readOnly(
      List<Path> layers,
      List<Path> dataLayers,
      Map<Path, IdMapping> mappings,
      MarkNamespace marks) {
    OverlaySpec.Builder held =
        OverlaySpec.builder()
            .ephemeral()
            .options(options -> options.withUserXattr(marks == MarkNamespace.USER));
    for (Path layer : layers) {
      IdMapping mapping = mappings.get(layer);
      if (mapping == null) {
        held.lower(layer);
      } else {
        held.lower(layer, mapping);
      }
    }
    dataLayers.forEach(held::dataLower);
    return held.build();
  }

  private static MarkNamespace marksOf(OverlaySpec spec) {
    return MarkNamespace.of(spec.options());
  }

  /** Whether the layer is the upper of a view. */
  public boolean isUpper() {
    return heldView.upper().filter(layers.get(0)::equals).isPresent();
  }
}
