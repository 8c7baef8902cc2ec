package dev.overlays.testkit.junit;

import dev.overlays.testkit.tree.Detail;
import java.util.Optional;
import java.util.Set;

/** How it is checked that the tests of a class have not changed their fixture. */
public enum LowerCheck {
  /** Not at all. */
  OFF(Optional.empty()),
  /** By names, kinds, sizes, modes, owners and times; no file is opened. */
  METADATA(Optional.of(Detail.metadata())),
  /** By everything that can be read, contents included. */
  CONTENT(Optional.of(Detail.all()));

  private final Optional<Set<Detail>> details;

  LowerCheck(Optional<Set<Detail>> details) {
    this.details = details;
  }

  Optional<Set<Detail>> details() {
    return details;
  }
}
