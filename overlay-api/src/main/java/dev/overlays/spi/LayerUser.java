package dev.overlays.spi;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Who uses a layer that machines share: a view, or a merge or another change.
 *
 * @param machine the name of the machine, with the beginning of its machine-id
 * @param here whether it is this machine
 * @param process the ID of the process that holds the lock, on that machine
 * @param since since when
 * @param changing whether it changes the layer
 * @param place where the view is mounted on that machine, or the end of a long path; empty for a
 *     change, and for a view that no mount table shows
 */
public record LayerUser(
    String machine, boolean here, long process, Instant since, boolean changing, String place) {

  /**
   * Returns whether it is the view at a place of this machine.
   *
   * @param path the absolute path of a mount point
   * @return whether it is that view
   */
  public boolean isViewAt(Path path) {
    return here && !changing && !place.isEmpty() && path.toString().endsWith(place);
  }

  /** Returns a description for the middle of a sentence. */
  @Override
  public String toString() {
    String what =
        changing
            ? "a merge"
            : place.isEmpty() ? "a view without a mount point" : "the view at " + place;
    return what
        + " of process "
        + process
        + " on "
        + (here ? "this machine, " : "")
        + machine
        + ", since "
        + since;
  }
}
