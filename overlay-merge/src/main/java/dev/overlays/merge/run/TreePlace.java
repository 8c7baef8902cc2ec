package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import dev.overlays.lookup.RedirectTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * A place in a tree, as a chain of names up to the root. The places of one walk share their
 * parents, so each needs the same memory, however deep it is.
 */
public record TreePlace(TreePlace parent, Name name, int depth, long pathHash) {
  public static final TreePlace ROOT = new TreePlace(null, Name.SELF, 0, 0);

  public TreePlace resolveChild(Name inner) {
    long hash = (pathHash + 1) * 0x9E3779B97F4A7C15L + inner.hashCode();
    return new TreePlace(this, inner, depth + 1, hash);
  }

  public boolean isRoot() {
    return parent == null;
  }

  /** Returns the path of an entry here, relative to the root. */
  public String pathOf(Name entry) {
    if (isRoot()) {
      return entry.equals(Name.SELF) ? "." : entry.toString();
    }
    Deque<String> path = new ArrayDeque<>();
    if (!entry.equals(Name.SELF)) {
      path.push(entry.toString());
    }
    for (TreePlace place = this; place.parent != null; place = place.parent) {
      path.push(place.name.toString());
    }
    return String.join("/", path);
  }

  /**
   * Returns the path with a leading slash, to be appended to that of a layer; empty for the root.
   */
  public String pathFromRoot() {
    return isRoot() ? "" : '/' + pathOf(Name.SELF);
  }

  /** Returns the names from the root to an entry here. */
  public List<Name> namesTo(Name entry) {
    return resolveChild(entry).namesFromRoot();
  }

  /** Returns the names from the root to this place. */
  public List<Name> namesFromRoot() {
    List<Name> names = new ArrayList<>(depth);
    for (TreePlace place = this; place.parent != null; place = place.parent) {
      names.add(place.name);
    }
    Collections.reverse(names);
    return Collections.unmodifiableList(names);
  }

  /** Returns an absolute redirect to this place. */
  public RedirectTarget toRedirect() {
    return new RedirectTarget(true, namesFromRoot());
  }

  /** Returns the place at a path. */
  public static TreePlace of(List<Name> path) {
    TreePlace place = ROOT;
    for (Name name : path) {
      place = place.resolveChild(name);
    }
    return place;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof TreePlace place) || place.depth != depth || place.pathHash != pathHash) {
      return false;
    }
    TreePlace mine = this;
    while (mine != place && mine.name.equals(place.name)) {
      mine = mine.parent;
      place = place.parent;
    }
    return mine == place;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(pathHash);
  }

  @Override
  public String toString() {
    return pathOf(Name.SELF);
  }
}
