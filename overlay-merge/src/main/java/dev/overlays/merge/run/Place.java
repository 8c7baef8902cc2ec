package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import dev.overlays.lookup.Redirect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * A place in a tree, as a chain of names up to the root. The places of one walk share their
 * parents, so each needs the same memory, however deep it is.
 */
public record Place(Place parent, Name name, int depth, long pathHash) {
  public static final Place ROOT = new Place(null, Name.SELF, 0, 0);

  public Place in(Name inner) {
    long hash = (pathHash + 1) * 0x9E3779B97F4A7C15L + inner.hashCode();
    return new Place(this, inner, depth + 1, hash);
  }

  public boolean isRoot() {
    return parent == null;
  }

  /** Returns the path of an entry here, relative to the root. */
  public String path(Name entry) {
    if (isRoot()) {
      return entry.equals(Name.SELF) ? "." : entry.toString();
    }
    Deque<String> path = new ArrayDeque<>();
    if (!entry.equals(Name.SELF)) {
      path.push(entry.toString());
    }
    for (Place place = this; place.parent != null; place = place.parent) {
      path.push(place.name.toString());
    }
    return String.join("/", path);
  }

  /**
   * Returns the path with a leading slash, to be appended to that of a layer; empty for the root.
   */
  public String text() {
    return isRoot() ? "" : '/' + path(Name.SELF);
  }

  /** Returns the names from the root to an entry here. */
  public List<Name> names(Name entry) {
    return in(entry).names();
  }

  /** Returns the names from the root to this place. */
  public List<Name> names() {
    List<Name> names = new ArrayList<>(depth);
    for (Place place = this; place.parent != null; place = place.parent) {
      names.add(place.name);
    }
    Collections.reverse(names);
    return Collections.unmodifiableList(names);
  }

  /** Returns an absolute redirect to this place. */
  public Redirect redirect() {
    return new Redirect(true, names());
  }

  /** Returns the place at a path. */
  public static Place of(List<Name> path) {
    Place place = ROOT;
    for (Name name : path) {
      place = place.in(name);
    }
    return place;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Place place) || place.depth != depth || place.pathHash != pathHash) {
      return false;
    }
    Place mine = this;
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
    return path(Name.SELF);
  }
}
