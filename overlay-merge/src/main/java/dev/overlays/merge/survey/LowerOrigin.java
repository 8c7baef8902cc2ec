package dev.overlays.merge.survey;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Where the lowers have an entry of the upper.
 *
 * @param redirect what its mark says; null if it has none
 * @param place the path that leads to it from the root
 * @param isElsewhere whether that is not where it would be looked for without the mark
 */
public record LowerOrigin(RedirectTarget redirect, ViewPlace place, boolean isElsewhere) {
  /**
   * Reads the mark of an entry.
   *
   * @param around where the lowers have the directory that it is in
   */
  public static LowerOrigin of(
      LayerDirectory directory, Name name, ViewPlace around, MarkNamespace marks)
      throws IOException {
    ViewPlace natural = around.placeIn(name);
    Optional<RedirectTarget> redirect = RedirectTarget.of(directory, name, marks);
    if (redirect.isEmpty()) {
      return new LowerOrigin(null, natural, false);
    }
    ViewPlace place = redirect.get().absolute() ? ViewPlace.ROOT : around;
    for (Name next : redirect.get().names()) {
      place = place.placeIn(next);
    }
    return new LowerOrigin(redirect.get(), place, !place.equals(natural));
  }

  /** The directory of an absolute redirect; null if that is the root. */
  public RedirectTarget parentTarget() {
    List<Name> names = redirect.names();
    return names.size() == 1 ? null : new RedirectTarget(true, names.subList(0, names.size() - 1));
  }
}
