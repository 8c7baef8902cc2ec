package dev.overlays.testkit.replay;

import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Compares the layers after both views are closed. The uppers must show the same by the rules of
 * the format, when the other side opens them, and after a merge, if one is given.
 */
final class FinalLayerCheck {
  private final ReplayLayers first;
  private final ReplayLayers second;
  private final ShownFields shown;
  private final ReplayTimes since;
  private final int steps;
  private final Optional<LayerMerge> merging;

  FinalLayerCheck(
      ReplayLayers first,
      ReplayLayers second,
      ShownFields shown,
      ReplayTimes since,
      int steps,
      Optional<LayerMerge> merging) {
    this.first = first;
    this.second = second;
    this.shown = shown;
    this.since = since;
    this.steps = steps;
    this.merging = merging;
  }

  /** Compares the layers with the last view that both sides showed. */
  Optional<ReplayFailure> compareWith(ViewSnapshot last) {
    try {
      Optional<ReplayFailure> failure =
          compareParts("uppers", comparableLines(first), comparableLines(second));
      if (failure.isEmpty() && isExchangeable()) {
        failure = compareParts(last, first.side(), second);
      }
      if (failure.isEmpty() && isExchangeable()) {
        failure = compareParts(last, second.side(), first);
      }
      return failure.isPresent() || first.isReadOnly() || merging.isEmpty()
          ? failure
          : mergeAndCompare(merging.get());
    } catch (IOException | RuntimeException e) {
      return Optional.of(ReplayFailure.ofException(steps, "after the views are closed", e));
    }
  }

  private boolean isExchangeable() {
    return first
        .side()
        .directory()
        .getFileSystem()
        .equals(second.side().directory().getFileSystem());
  }

  /** Opens the layers of one side with the other, and compares the view. */
  private Optional<ReplayFailure> compareParts(
      ViewSnapshot last, ComparedSide side, ReplayLayers layers) throws IOException {
    try (ComparedSide.OpenedView opened = side.open(layers.spec())) {
      return DifferenceText.of(last, shown.readView(opened.root()))
          .map(
              found ->
                  ReplayFailure.of(
                      steps,
                      "exchanged " + side + " " + found.signature(),
                      "the layers of "
                          + layers.side()
                          + ", opened by "
                          + side
                          + ", differ from the last view\n"
                          + found.text()));
    }
  }

  private Optional<ReplayFailure> mergeAndCompare(LayerMerge merge) throws IOException {
    List<String> before = comparableLines(first);
    merge.merge(first.spec(), first.side().store());
    merge.merge(second.spec(), second.side().store());
    Optional<ReplayFailure> failure =
        compareParts("merged lowers", mergedLines(first), mergedLines(second));
    return failure.isPresent()
        ? failure
        : compareParts("views before and after the merge", before, mergedLines(first));
  }

  private List<String> comparableLines(ReplayLayers layers) throws IOException {
    return comparableLines(layers, layers.wholeView());
  }

  private List<String> mergedLines(ReplayLayers layers) throws IOException {
    return comparableLines(layers, layers.lowersView());
  }

  /**
   * Renders a view for comparison. With several lowers, hard links are left out: what a merge
   * copies from a lower that it may not change loses its other names.
   */
  private List<String> comparableLines(ReplayLayers layers, LayerView view) throws IOException {
    LayerView comparable = layers.spec().lowers().size() > 1 ? view.withoutHardLinks() : view;
    return comparable.manifest().stream().map(since::withTimeText).toList();
  }

  private Optional<ReplayFailure> compareParts(String what, List<String> one, List<String> other) {
    return DifferenceText.of(one, other)
        .map(found -> ReplayFailure.of(steps, what, what + " differ\n" + found.text()));
  }
}
