package dev.overlays.merge.survey;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.Redirect;
import dev.overlays.merge.run.Place;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The place in the lowers of an entry of the upper.
 *
 * @param redirect its redirect; null if it has none
 * @param place its place in the lowers
 * @param isElsewhere whether the redirect leads to another place than the entry's own name
 */
public record Origin(Redirect redirect, Place place, boolean isElsewhere) {
  /**
   * Reads the mark of an entry.
   *
   * @param around the place in the lowers of the directory around it
   */
  public static Origin of(LayerDirectory directory, Name name, Place around, MarkNamespace marks)
      throws IOException {
    Place natural = around.in(name);
    Optional<Redirect> redirect = Redirect.of(directory, name, marks);
    if (redirect.isEmpty()) {
      return new Origin(null, natural, false);
    }
    Place place = redirect.get().absolute() ? Place.ROOT : around;
    for (Name next : redirect.get().names()) {
      place = place.in(next);
    }
    return new Origin(redirect.get(), place, !place.equals(natural));
  }

  /** Returns the redirect to the parent of an absolute redirect; null if that is the root. */
  public Redirect parent() {
    List<Name> names = redirect.names();
    return names.size() == 1 ? null : new Redirect(true, names.subList(0, names.size() - 1));
  }
}
