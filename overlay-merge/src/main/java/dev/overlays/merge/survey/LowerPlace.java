package dev.overlays.merge.survey;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.run.TreePlace;
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
public record LowerPlace(RedirectTarget redirect, TreePlace place, boolean isElsewhere) {
  /**
   * Reads the mark of an entry.
   *
   * @param around the place in the lowers of the directory around it
   */
  public static LowerPlace of(
      LayerDirectory directory, Name name, TreePlace around, MarkNamespace marks)
      throws IOException {
    TreePlace natural = around.resolveChild(name);
    Optional<RedirectTarget> redirect = RedirectTarget.readMark(directory, name, marks);
    if (redirect.isEmpty()) {
      return new LowerPlace(null, natural, false);
    }
    TreePlace place = redirect.get().absolute() ? TreePlace.ROOT : around;
    for (Name next : redirect.get().names()) {
      place = place.resolveChild(next);
    }
    return new LowerPlace(redirect.get(), place, !place.equals(natural));
  }

  /** Returns the redirect to the parent of an absolute redirect; null if that is the root. */
  public RedirectTarget parentRedirect() {
    List<Name> names = redirect.names();
    return names.size() == 1 ? null : new RedirectTarget(true, names.subList(0, names.size() - 1));
  }
}
