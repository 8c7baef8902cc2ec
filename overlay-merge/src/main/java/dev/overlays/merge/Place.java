package dev.overlays.merge;

import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.List;

/** Where in the view the walk is; says so in words only when asked. */
record Place(Place parent, Name name, long pathHash) {
  static final Place ROOT = new Place(null, Name.SELF, 0);

  Place in(Name inner) {
    return new Place(this, inner, (pathHash + 1) * 0x9E3779B97F4A7C15L + inner.hashCode());
  }

  boolean isRoot() {
    return parent == null;
  }

  /** The path of an entry here, relative to the root of the view. */
  String path(Name entry) {
    if (entry.equals(Name.SELF)) {
      return parent == null ? "." : parent.path(name);
    }
    return parent == null ? entry.toString() : parent.path(name) + '/' + entry;
  }

  /** The names from the root to an entry here. */
  List<Name> names(Name entry) {
    List<Name> names = new ArrayList<>();
    for (Place place = this; place.parent != null; place = place.parent) {
      names.add(0, place.name);
    }
    names.add(entry);
    return List.copyOf(names);
  }

  /** The names from the root to here. */
  List<Name> names() {
    List<Name> names = new ArrayList<>();
    for (Place place = this; place.parent != null; place = place.parent) {
      names.add(0, place.name);
    }
    return List.copyOf(names);
  }

  /** The place of the directory of a path. */
  static Place of(List<Name> path) {
    Place place = ROOT;
    for (Name name : path) {
      place = place.in(name);
    }
    return place;
  }

  static List<Name> append(List<Name> path, Name name) {
    List<Name> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }
}
