package dev.overlays.testkit.replay;

import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is left in the layers when both views are closed: the uppers have to show the same by the
 * rules of the format, to the other side, and after a merge, if there is something that merges.
 */
final class Aftermath {
  private final Layers first;
  private final Layers second;
  private final Shown shown;
  private final Since since;
  private final int steps;
  private final Optional<LayerMerge> merging;

  Aftermath(
      Layers first,
      Layers second,
      Shown shown,
      Since since,
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
  Optional<Failure> compare(View last) {
    try {
      Optional<Failure> failure = compare("uppers", lines(first), lines(second));
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
      return Optional.of(Failure.thrown(steps, "after the views are closed", e));
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
  private Optional<Failure> compare(View last, Side side, Layers layers) throws IOException {
    try (Side.Opened opened = side.open(layers.spec())) {
      return Comparison.of(last, shown.view(opened.root()))
          .map(
              found ->
                  Failure.of(
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

  private Optional<Failure> merge(LayerMerge merge) throws IOException {
    List<String> before = lines(first);
    merge.merge(first.spec(), first.side().store());
    merge.merge(second.spec(), second.side().store());
    Optional<Failure> failure = compare("merged lowers", merged(first), merged(second));
    return failure.isPresent()
        ? failure
        : compare("views before and after the merge", before, merged(first));
  }

  private List<String> lines(Layers layers) throws IOException {
    return lines(layers, layers.shown());
  }

  private List<String> merged(Layers layers) throws IOException {
    return lines(layers, layers.lowers());
  }

  /** What a merge copies from lowers that are not its to change loses its other names there. */
  private List<String> lines(Layers layers, LayerView view) throws IOException {
    LayerView comparable = layers.spec().lowers().size() > 1 ? view.withoutHardLinks() : view;
    return comparable.manifest().stream().map(since::line).toList();
  }

  private Optional<Failure> compare(String what, List<String> one, List<String> other) {
    return Comparison.of(one, other)
        .map(found -> Failure.of(steps, what, what + " differ\n" + found.text()));
  }
}
