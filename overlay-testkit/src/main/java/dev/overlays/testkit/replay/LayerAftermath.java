package dev.overlays.testkit.replay;

import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Compares the layers after both views are closed. The uppers must show the same by the rules of
 * the format, when the other side opens them, and after a merge, if one is given.
 */
final class LayerAftermath {
  private final ReplayLayers first;
  private final ReplayLayers second;
  private final ShownFields shown;
  private final RelativeTimes since;
  private final int steps;
  private final Optional<LayerMerge> merging;

  LayerAftermath(
      ReplayLayers first,
      ReplayLayers second,
      ShownFields shown,
      RelativeTimes since,
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
  Optional<SideFailure> compare(ViewSnapshot last) {
    try {
      Optional<SideFailure> failure = compare("uppers", lines(first), lines(second));
      if (failure.isEmpty() && isExchangeable()) {
        failure = compare(last, first.side(), second);
      }
      if (failure.isEmpty() && isExchangeable()) {
        failure = compare(last, second.side(), first);
      }
      return failure.isPresent() || first.isReadOnly() || merging.isEmpty()
          ? failure
          : merge(merging.get());
    } catch (IOException | RuntimeException e) {
      return Optional.of(SideFailure.thrown(steps, "after the views are closed", e));
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
  private Optional<SideFailure> compare(ViewSnapshot last, ReplaySide side, ReplayLayers layers)
      throws IOException {
    try (ReplaySide.OpenedView opened = side.open(layers.spec())) {
      return ViewComparison.of(last, shown.view(opened.root()))
          .map(
              found ->
                  SideFailure.of(
                      steps,
                      "exchanged " + side + " " + found.way(),
                      "the layers of "
                          + layers.side()
                          + ", opened by "
                          + side
                          + ", differ from the last view\n"
                          + found.text()));
    }
  }

  private Optional<SideFailure> merge(LayerMerge merge) throws IOException {
    List<String> before = lines(first);
    merge.merge(first.spec(), first.side().store());
    merge.merge(second.spec(), second.side().store());
    Optional<SideFailure> failure = compare("merged lowers", merged(first), merged(second));
    return failure.isPresent()
        ? failure
        : compare("views before and after the merge", before, merged(first));
  }

  private List<String> lines(ReplayLayers layers) throws IOException {
    return lines(layers, layers.shown());
  }

  private List<String> merged(ReplayLayers layers) throws IOException {
    return lines(layers, layers.lowers());
  }

  /**
   * Renders a view for comparison. With several lowers, hard links are left out: what a merge
   * copies from a lower that it may not change loses its other names.
   */
  private List<String> lines(ReplayLayers layers, LayerView view) throws IOException {
    LayerView comparable = layers.spec().lowers().size() > 1 ? view.withoutHardLinks() : view;
    return comparable.manifest().stream().map(since::line).toList();
  }

  private Optional<SideFailure> compare(String what, List<String> one, List<String> other) {
    return ViewComparison.of(one, other)
        .map(found -> SideFailure.of(steps, what, what + " differ\n" + found.text()));
  }
}
