package dev.overlays.testkit.replay;

import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is left in the layers when both views are closed: the uppers have to show the same by the
 * rules of the format, to the other side, and after a merge, if there is something that merges.
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

  /** Compares with what both views showed at last. */
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

  /** Opens what the other side has written. */
  private Optional<SideFailure> compare(ViewSnapshot last, ReplaySide side, ReplayLayers layers)
      throws IOException {
    try (ReplaySide.OpenedView opened = side.open(layers.spec())) {
      return ViewComparison.of(last, shown.view(opened.root()))
          .map(
              found ->
                  SideFailure.of(
                      steps,
                      "exchanged " + side + " " + found.way(),
                      "what "
                          + layers.side()
                          + " has written, opened by "
                          + side
                          + ", differs from what it showed\n"
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

  /** What a merge copies from lowers that are not its to change loses its other names there. */
  private List<String> lines(ReplayLayers layers, LayerView view) throws IOException {
    LayerView comparable = layers.spec().lowers().size() > 1 ? view.withoutHardLinks() : view;
    return comparable.manifest().stream().map(since::line).toList();
  }

  private Optional<SideFailure> compare(String what, List<String> one, List<String> other) {
    return ViewComparison.of(one, other)
        .map(found -> SideFailure.of(steps, what, what + " differ\n" + found.text()));
  }
}
