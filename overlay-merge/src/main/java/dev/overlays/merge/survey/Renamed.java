package dev.overlays.merge.survey;

import dev.overlays.layer.Name;
import dev.overlays.merge.run.Place;

/**
 * A directory or metacopy file of the upper that the layers below have at another place.
 *
 * @param path its place in the upper
 * @param source its place in the lowers; null if nothing below is merged
 * @param directory whether it is a directory
 */
public record Renamed(Place path, Place source, boolean directory) {
  public Name name() {
    return path.name();
  }
}
