package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.Collection;
import java.util.List;

/**
 * The entries that a merge takes, as seen from one place of the view: all except private and
 * excluded paths and, if there are {@code only} patterns, nothing but what they match.
 */
public final class EntrySelection {
  public static final EntrySelection ALL = of(List.of(), List.of(), List.of());

  private final PrivatePathTree privates;
  private final PathPatterns excluded;
  private final PathPatterns only;
  private final boolean takesEntry;
  private final boolean isLeftOut;

  private EntrySelection(
      PrivatePathTree privates, PathPatterns excluded, PathPatterns only, boolean wanted) {
    this.privates = privates;
    this.excluded = excluded;
    this.only = only;
    this.takesEntry = wanted || only.matchesHere();
    this.isLeftOut = PrivatePathTree.isPrivate(privates) || excluded.matchesHere();
  }

  public static EntrySelection of(
      Collection<String> privatePaths, Collection<String> excluded, Collection<String> only) {
    return new EntrySelection(
        PrivatePathTree.of(privatePaths),
        PathPatterns.of(excluded),
        PathPatterns.of(only),
        only.isEmpty());
  }

  public EntrySelection selectionBelow(Name name) {
    // What is left out is left out with everything in it.
    if (isLeftOut || (privates == null && excluded.canMatchNothing() && takesEntry)) {
      return this;
    }
    return new EntrySelection(
        PrivatePathTree.subtreeOf(privates, name),
        excluded.patternsBelow(name),
        takesEntry ? only : only.patternsBelow(name),
        takesEntry);
  }

  /** Whether nothing is merged here or below. */
  public boolean takesNothing() {
    return isLeftOut || (!takesEntry && only.canMatchNothing());
  }

  /** Whether the entry here is merged with everything in it. */
  public boolean takesAll() {
    return takesEntry && privates == null && excluded.canMatchNothing();
  }

  /** Whether the entry itself is merged, although something in it may stay. */
  public boolean takesEntry() {
    return takesEntry && !isLeftOut;
  }
}
