package dev.overlays.merge.survey;

import dev.overlays.layer.Name;
import dev.overlays.merge.run.ViewPlace;

/**
 * A directory or metacopy file of the upper that the layers below have elsewhere.
 *
 * @param path where the upper has it
 * @param source where the lower has it; null where nothing below is merged
 * @param directory whether it is a directory
 */
public record RenamedEntry(ViewPlace path, ViewPlace source, boolean directory) {
  public Name lastName() {
    return path.name();
  }
}
