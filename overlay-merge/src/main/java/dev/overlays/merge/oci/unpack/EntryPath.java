package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.Name;
import java.util.List;

/**
 * The path of an entry of an archive.
 *
 * @param names the names from the root of the layer; none for the root itself
 * @param whiteoutIndex the index of the first name that is a whiteout; -1 if there is none
 */
record EntryPath(List<Name> names, int whiteoutIndex) {

  boolean isRoot() {
    return names.isEmpty();
  }

  List<Name> parentNames() {
    return names.subList(0, names.size() - 1);
  }

  Name lastName() {
    return names.get(names.size() - 1);
  }

  boolean isWhiteout() {
    return whiteoutIndex >= 0 && whiteoutIndex == names.size() - 1;
  }

  boolean isInsideWhiteout() {
    return whiteoutIndex >= 0 && whiteoutIndex < names.size() - 1;
  }
}
