package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * The staging directory in the root of a lower that is on another file system than the upper: a
 * whiteout in the upper hides it.
 */
final class LowerStaging {
  /** What no view is expected to have in its root. */
  static final Name NAME = Name.of(".overlays-merge-staging");

  private LowerStaging() {}

  /** Hides it before there is anything to hide. */
  static Staging open(LayerDirectory upper, LayerDirectory lower) throws IOException {
    if (upper.stat(NAME).isEmpty()) {
      upper.createWhiteout(NAME);
    }
    return new Staging(lower, NAME);
  }

  /** Stops hiding it when it is gone. */
  static void forget(LayerDirectory upper) throws IOException {
    if (upper.stat(NAME).isPresent()) {
      upper.remove(NAME);
    }
  }
}
