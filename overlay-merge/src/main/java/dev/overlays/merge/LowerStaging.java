package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.UUID;

/**
 * The staging directory in the root of a lower that is on another file system than the upper: a
 * whiteout in the upper hides it.
 */
final class LowerStaging {
  /** What no view is expected to have in its root. */
  static final Name NAME = Name.of(".overlays-merge-staging");

  private static final String PREFIX = ".overlays-merge-";
  private static final int UNIQUE = 36;

  private LowerStaging() {}

  /** A name for another one, in a directory that the one in the root does not reach. */
  static Name newName() {
    return Name.of(PREFIX + UUID.randomUUID());
  }

  /** Whether a whiteout of this name only hides, or has hidden, where copies are made. */
  static boolean isName(Name name) {
    String text = name.toString();
    return name.equals(NAME)
        || (text.startsWith(PREFIX) && text.length() == PREFIX.length() + UNIQUE);
  }

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
