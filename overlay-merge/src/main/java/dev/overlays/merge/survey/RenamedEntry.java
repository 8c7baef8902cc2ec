package dev.overlays.merge.survey;

import dev.overlays.layer.Name;
import dev.overlays.merge.run.TreePlace;

/**
 * A directory or metacopy file of the upper that the layers below have at another place.
 *
 * @param path its place in the upper
 * @param source its place in the lowers; null if nothing below is merged
 * @param isDirectory whether it is a directory
 */
public record RenamedEntry(TreePlace path, TreePlace source, boolean isDirectory) {
  public Name lastName() {
    return path.name();
  }
}
