package dev.overlays.testkit.junit;

import dev.overlays.testkit.tree.SnapshotDetail;
import java.util.Optional;
import java.util.Set;

/** How it is checked that the tests of a class have not changed their fixture. */
public enum LowerCheck {
  /** Not at all. */
  OFF,
  /** By names, kinds, sizes, modes, owners and times; no file is opened. */
  METADATA,
  /** By everything that can be read, contents included. */
  CONTENT;

  Optional<Set<SnapshotDetail>> details() {
    return switch (this) {
      case OFF -> Optional.empty();
      case METADATA -> Optional.of(SnapshotDetail.metadata());
      case CONTENT -> Optional.of(SnapshotDetail.all());
    };
  }
}
