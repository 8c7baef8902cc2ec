/**
 * Work on the layers of a view. {@link dev.overlays.merge.OverlayMerge} folds an upper into its
 * lower, and {@link dev.overlays.merge.OverlaySquash} a lower into the next. {@link
 * dev.overlays.merge.OverlayDiff} lists what an upper changes, {@link
 * dev.overlays.merge.OverlayVacuum} removes from it what changes nothing, and {@link
 * dev.overlays.merge.OverlayCheck} finds and repairs inconsistencies.
 *
 * <p>After every single file system operation of a merge, an overlay mounted over the layers would
 * show what it showed before. So an interrupted merge, by a signal, a full disk or a loss of power,
 * loses nothing: mount the view again, or run the merge again and it continues. Times of
 * directories are the exception: they are restored when a directory is done.
 */
@NullMarked
package dev.overlays.merge;

import org.jspecify.annotations.NullMarked;
