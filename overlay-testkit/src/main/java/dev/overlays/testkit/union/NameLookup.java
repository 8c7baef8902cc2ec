package dev.overlays.testkit.union;

import java.util.Optional;

/**
 * What was found under a name in a directory of the view.
 *
 * @param entry the entry that the view shows, if any
 * @param inUpper whether the upper has the name: for the entry that is shown, or for a whiteout
 */
record NameLookup(Optional<ViewEntry> entry, boolean inUpper) {
  static final NameLookup NOTHING = new NameLookup(Optional.empty(), false);

  static NameLookup ofUpper(ViewEntry entry) {
    return new NameLookup(Optional.of(entry), true);
  }

  static NameLookup ofWhiteout() {
    return new NameLookup(Optional.empty(), true);
  }

  static NameLookup ofLowers(Optional<ViewEntry> entry) {
    return new NameLookup(entry, false);
  }

  /** Whether the upper has a directory under the name. */
  boolean isUpperDirectory() {
    return inUpper && entry.isPresent() && entry.get().isDirectory();
  }
}
