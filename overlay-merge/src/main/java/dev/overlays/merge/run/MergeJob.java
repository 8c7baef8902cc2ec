package dev.overlays.merge.run;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.MarkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What is folded into what.
 *
 * @param upper the layer whose content goes
 * @param work a directory beside it, which need not exist; null for a lower that takes its place
 * @param lowers the layer that takes it, and those below, top-most first
 * @param dataLowers the layers below all these that only give data
 * @param marks where marks are kept
 * @param fit what the options of the spec need of the layer whose content goes
 * @param privatePaths what stays in the upper
 * @param options how the view is mounted; the defaults for a lower
 */
public record MergeJob(
    Path upper,
    Path work,
    List<Path> lowers,
    List<Path> dataLowers,
    MarkNamespace marks,
    LayerFit fit,
    Set<String> privatePaths,
    OverlayOptions options) {

  public static MergeJob of(OverlaySpec spec) {
    return new MergeJob(
        spec.upper().orElseThrow(),
        spec.work().orElseThrow(),
        spec.lowers(),
        spec.dataLowers(),
        marks(spec),
        LayerFit.of(spec.options()),
        spec.privatePaths(),
        spec.options());
  }

  /** A lower of a spec is folded into the next one. */
  public static MergeJob ofLower(OverlaySpec spec, int index) {
    return new MergeJob(
        spec.lowers().get(index),
        null,
        spec.lowers().subList(index + 1, spec.lowers().size()),
        spec.dataLowers(),
        marks(spec),
        LayerFit.of(spec.options()),
        Set.of(),
        OverlayOptions.defaults());
  }

  public boolean isLower() {
    return work == null;
  }

  public static MarkNamespace marks(OverlaySpec spec) {
    return MarkNamespace.of(spec.options());
  }
}
