package dev.overlays.merge;

import dev.overlays.layer.Name;

/** Where in the view the walk is; says so in words only when asked. */
record Place(Place parent, Name name) {
  static final Place ROOT = new Place(null, Name.SELF);

  Place in(Name inner) {
    return new Place(this, inner);
  }

  /** The path of an entry here, relative to the root of the view. */
  String path(Name entry) {
    if (entry.equals(Name.SELF)) {
      return parent == null ? "." : parent.path(name);
    }
    return parent == null ? entry.toString() : parent.path(name) + '/' + entry;
  }
}
