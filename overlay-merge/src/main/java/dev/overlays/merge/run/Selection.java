package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.Collection;
import java.util.List;

/**
 * The entries that a merge takes, as seen from one place of the view: all except private and
 * excluded paths and, if there are {@code only} patterns, nothing but what they match.
 */
public final class Selection {
  public static final Selection ALL = of(List.of(), List.of(), List.of());

  private final PrivateTree privates;
  private final PathPatterns excluded;
  private final PathPatterns only;
  private final boolean wanted;

  private Selection(
      PrivateTree privates, PathPatterns excluded, PathPatterns only, boolean wanted) {
    this.privates = privates;
    this.excluded = excluded;
    this.only = only;
    this.wanted = wanted || only.matches();
  }

  public static Selection of(
      Collection<String> privatePaths, Collection<String> excluded, Collection<String> only) {
    return new Selection(
        PrivateTree.of(privatePaths),
        PathPatterns.of(excluded),
        PathPatterns.of(only),
        only.isEmpty());
  }

  public Selection below(Name name) {
    if (privates == null && excluded.isNothing() && wanted) {
      return this;
    }
    return new Selection(
        PrivateTree.below(privates, name),
        excluded.below(name),
        wanted ? only : only.below(name),
        wanted);
  }

  /** Whether nothing is merged here or below. */
  public boolean isNothing() {
    return PrivateTree.isPrivate(privates) || excluded.matches() || (!wanted && only.isNothing());
  }

  /** Whether the entry here is merged with everything in it. */
  public boolean isAll() {
    return wanted && privates == null && excluded.isNothing();
  }

  /** Whether the entry itself is merged, although something in it may stay. */
  public boolean takesEntry() {
    return wanted;
  }
}
