package dev.overlays.merge.oci;

import dev.overlays.layer.Name;
import java.util.List;

/**
 * What AUFS keeps for itself in the root of a layer, and old layers of Docker have in them. Source:
 * aufs(5), and the archives of Docker's driver for it.
 */
final class AufsNames {
  /** Holds a name of each file that has several; the other names are hard links to it. */
  static final Name PSEUDO_LINKS = Name.of(".wh..wh.plnk");

  private static final List<Name> ALL =
      List.of(Name.of(".wh..wh.aufs"), Name.of(".wh..wh.orph"), PSEUDO_LINKS);

  private AufsNames() {}

  /** Whether a path is of AUFS, and of no layer. */
  static boolean isMarker(List<Name> path) {
    return !path.isEmpty() && ALL.contains(path.get(0));
  }

  /** Whether a path is that of a file that other entries are hard links to. */
  static boolean isPseudoLink(List<Name> path) {
    return path.size() == 2
        && path.get(0).equals(PSEUDO_LINKS)
        && !WhiteoutName.isWhiteout(path.get(1));
  }
}
