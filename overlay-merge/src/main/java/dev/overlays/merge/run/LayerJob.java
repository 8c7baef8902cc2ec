package dev.overlays.merge.run;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.MarkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The layers that an engine works on, and how to read them.
 *
 * @param upper the layer whose entries the engine moves or removes
 * @param work its work directory, which need not exist; null if the layer is a lower of the view
 * @param lowers the layer that receives the entries and the layers below it, top-most first
 * @param dataLowers the data-only layers below all of these
 * @param marks the namespace of the marks
 * @param fit what the options of the spec require of {@code upper}
 * @param privatePaths the paths that stay in the upper
 * @param options the options of the view; the defaults if {@code upper} is a lower of the view
 */
public record LayerJob(
    Path upper,
    Path work,
    List<Path> lowers,
    List<Path> dataLowers,
    MarkNamespace marks,
    LayerFit fit,
    Set<String> privatePaths,
    OverlayOptions options) {

  public static LayerJob of(OverlaySpec spec) {
    return new LayerJob(
        spec.upper().orElseThrow(),
        spec.work().orElseThrow(),
        spec.lowers(),
        spec.dataLowers(),
        marksOf(spec),
        LayerFit.of(spec.options()),
        spec.privatePaths(),
        spec.options());
  }

  /** Returns the job that folds one lower of a spec into the next one. */
  public static LayerJob ofLower(OverlaySpec spec, int index) {
    return new LayerJob(
        spec.lowers().get(index),
        null,
        spec.lowers().subList(index + 1, spec.lowers().size()),
        spec.dataLowers(),
        marksOf(spec),
        LayerFit.of(spec.options()),
        Set.of(),
        OverlayOptions.defaults());
  }

  public boolean foldsLower() {
    return work == null;
  }

  public static MarkNamespace marksOf(OverlaySpec spec) {
    return MarkNamespace.of(spec.options());
  }
}
