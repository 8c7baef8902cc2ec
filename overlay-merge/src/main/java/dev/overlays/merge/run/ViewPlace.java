package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import dev.overlays.lookup.RedirectTarget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Where in the view the walk is; says so in words only when asked. The places of one walk share
 * those that lead to them, so each takes up the same, however deep it is.
 */
public record ViewPlace(ViewPlace parent, Name name, int depth, long pathHash) {
  public static final ViewPlace ROOT = new ViewPlace(null, Name.SELF, 0, 0);

  public ViewPlace placeIn(Name inner) {
    long hash = (pathHash + 1) * 0x9E3779B97F4A7C15L + inner.hashCode();
    return new ViewPlace(this, inner, depth + 1, hash);
  }

  public boolean isRoot() {
    return parent == null;
  }

  /** The path of an entry here, relative to the root of the view. */
  public String pathOf(Name entry) {
    if (isRoot()) {
      return entry.equals(Name.SELF) ? "." : entry.toString();
    }
    Deque<String> path = new ArrayDeque<>();
    if (!entry.equals(Name.SELF)) {
      path.push(entry.toString());
    }
    for (ViewPlace place = this; place.parent != null; place = place.parent) {
      path.push(place.name.toString());
    }
    return String.join("/", path);
  }

  /** The path for people, from the root of a layer. */
  public String pathText() {
    return isRoot() ? "" : '/' + pathOf(Name.SELF);
  }

  /** The names from the root to an entry here. */
  public List<Name> namesFromRoot(Name entry) {
    return placeIn(entry).namesFromRoot();
  }

  /** The names from the root to here. */
  public List<Name> namesFromRoot() {
    List<Name> names = new ArrayList<>(depth);
    for (ViewPlace place = this; place.parent != null; place = place.parent) {
      names.add(place.name);
    }
    Collections.reverse(names);
    return Collections.unmodifiableList(names);
  }

  /** What leads here from the root of a layer. */
  public RedirectTarget redirectHere() {
    return new RedirectTarget(true, namesFromRoot());
  }

  /** The place of the directory of a path. */
  public static ViewPlace of(List<Name> path) {
    ViewPlace place = ROOT;
    for (Name name : path) {
      place = place.placeIn(name);
    }
    return place;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ViewPlace place) || place.depth != depth || place.pathHash != pathHash) {
      return false;
    }
    ViewPlace mine = this;
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
