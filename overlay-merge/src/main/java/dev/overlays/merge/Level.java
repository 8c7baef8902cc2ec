package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.lookup.MergedDirectory;

/**
 * One directory of the view while it is merged.
 *
 * @param upper the upper's
 * @param lower the lower's; null in a dry run, where it would only have been created
 * @param below what the layers below the lower show there
 * @param selection which entries are merged
 * @param others what the other instances have there; null where there are none to ask
 * @param place where it is
 * @param again whether all of it has been gone through before
 */
record Level(
    LayerDirectory upper,
    LayerDirectory lower,
    MergedDirectory below,
    Selection selection,
    Others others,
    Place place,
    boolean again) {

  /** The same for another time. */
  Level onceMore() {
    return new Level(upper, lower, below, selection, others, place, true);
  }
}
