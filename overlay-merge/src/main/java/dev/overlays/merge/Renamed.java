package dev.overlays.merge;

import dev.overlays.layer.Name;
import java.util.List;

/**
 * A directory or metacopy file of the upper that the layers below have elsewhere.
 *
 * @param path where the upper has it
 * @param source where the lower has it; null where nothing below is merged
 * @param directory whether it is a directory
 */
record Renamed(List<Name> path, List<Name> source, boolean directory) {
  List<Name> parent() {
    return path.subList(0, path.size() - 1);
  }

  Name name() {
    return path.get(path.size() - 1);
  }

  static String text(List<Name> path) {
    StringBuilder text = new StringBuilder();
    for (Name name : path) {
      text.append('/').append(name);
    }
    return text.toString();
  }
}
