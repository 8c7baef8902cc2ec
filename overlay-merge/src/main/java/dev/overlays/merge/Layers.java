package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The two layers of a merge, opened, and with a claim on them where they are to be changed. */
final class Layers implements Closeable {
  private final Closeable claim;
  private final LayerDirectory upper;
  private final LayerDirectory lower;
  private final MarkNamespace marks;

  private Layers(Closeable claim, LayerDirectory upper, LayerDirectory lower, MarkNamespace marks) {
    this.claim = claim;
    this.upper = upper;
    this.lower = lower;
    this.marks = marks;
  }

  static Layers open(OverlaySpec spec, LayerStore store, boolean claimed) throws IOException {
    Path upperPath = checkShape(spec);
    Path lowerPath = spec.lowers().get(0);
    Closeable claim = claimed ? store.claim(spec) : () -> {};
    LayerDirectory upper = null;
    try {
      upper = store.open(upperPath);
      MarkNamespace marks = spec.options().userXattr() ? MarkNamespace.USER : MarkNamespace.TRUSTED;
      return new Layers(claim, upper, store.open(lowerPath), marks);
    } catch (IOException | RuntimeException e) {
      if (upper != null) {
        upper.close();
      }
      claim.close();
      throw e;
    }
  }

  private static Path checkShape(OverlaySpec spec) throws OverlayException {
    if (spec.upper().isEmpty()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_WITHOUT_UPPER,
              spec.lowers().get(0),
              "The spec has no upper, so there is nothing to merge.",
              "Name the upper and the work directory that the view was mounted with."));
    }
    int layers = spec.lowers().size() + spec.dataLowers().size();
    if (layers > 1) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_SEVERAL_LOWERS,
              spec.lowers().get(0),
              "The spec has " + layers + " lowers; this version merges into one.",
              "Mount and merge over a single lower."));
    }
    return spec.upper().get();
  }

  LayerDirectory upper() {
    return upper;
  }

  LayerDirectory lower() {
    return lower;
  }

  MarkNamespace marks() {
    return marks;
  }

  @Override
  public void close() throws IOException {
    try (claim;
        upper;
        lower) {
      // Only to close them all, whatever one of them throws.
    }
  }
}
