package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.Collection;
import java.util.List;

/**
 * Which entries a merge takes, at one place of the view: all but those at private paths, those that
 * a filter leaves out, and, if there are filters for what to take, only these.
 */
public final class MergeSelection {
  public static final MergeSelection ALL = of(List.of(), List.of(), List.of());

  private final PrivateTree privates;
  private final PathPatterns excluded;
  private final PathPatterns only;
  private final boolean wanted;

  private MergeSelection(
      PrivateTree privates, PathPatterns excluded, PathPatterns only, boolean wanted) {
    this.privates = privates;
    this.excluded = excluded;
    this.only = only;
    this.wanted = wanted || only.matchesHere();
  }

  public static MergeSelection of(
      Collection<String> privatePaths, Collection<String> excluded, Collection<String> only) {
    return new MergeSelection(
        PrivateTree.of(privatePaths),
        PathPatterns.of(excluded),
        PathPatterns.of(only),
        only.isEmpty());
  }

  public MergeSelection selectionBelow(Name name) {
    if (privates == null && excluded.isNothing() && wanted) {
      return this;
    }
    return new MergeSelection(
        PrivateTree.treeBelow(privates, name),
        excluded.patternsBelow(name),
        wanted ? only : only.patternsBelow(name),
        wanted);
  }

  /** Whether nothing here is merged. */
  public boolean isNothing() {
    return PrivateTree.isPrivate(privates)
        || excluded.matchesHere()
        || (!wanted && only.isNothing());
  }

  /** Whether everything here is merged, with all that is in it. */
  public boolean isAll() {
    return wanted && privates == null && excluded.isNothing();
  }

  /** Whether the entry itself is merged, be it that something in it is not. */
  public boolean takesEntry() {
    return wanted;
  }
}
