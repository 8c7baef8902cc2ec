package dev.overlays.testkit.junit;

import dev.overlays.testkit.tree.SnapshotDetail;
import java.util.Optional;
import java.util.Set;

/** How to check that the tests of a class have not changed their fixture. */
public enum FixtureCheck {
  /** No check. */
  OFF,
  /** Compares names, kinds, sizes, modes, owners and times; opens no file. */
  METADATA,
  /** Compares everything that can be read, including contents. */
  CONTENT;

  Optional<Set<SnapshotDetail>> comparedDetails() {
    return switch (this) {
      case OFF -> Optional.empty();
      case METADATA -> Optional.of(SnapshotDetail.metadata());
      case CONTENT -> Optional.of(SnapshotDetail.all());
    };
  }
}
