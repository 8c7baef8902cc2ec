package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.WhiteoutName;
import java.util.List;

/**
 * Internal names of AUFS in the root of a layer; old Docker layers contain them. Source: aufs(5),
 * and archives of Docker's AUFS driver.
 */
final class AufsNames {
  /** Holds one name of each file that has several; the other names are hard links to that. */
  static final Name PSEUDO_LINKS = Name.of(".wh..wh.plnk");

  private static final List<Name> ALL =
      List.of(Name.of(".wh..wh.aufs"), Name.of(".wh..wh.orph"), PSEUDO_LINKS);

  private AufsNames() {}

  /** Whether a path belongs to AUFS and not to the layer. */
  static boolean isAufsPath(List<Name> path) {
    return !path.isEmpty() && ALL.contains(path.get(0));
  }

  /** Whether other entries may be hard links to this path. */
  static boolean isPseudoLink(List<Name> path) {
    return path.size() == 2
        && path.get(0).equals(PSEUDO_LINKS)
        && !WhiteoutName.isWhiteoutName(path.get(1));
  }
}
