/**
 * The merge: {@link dev.overlays.merge.OverlayMerge} folds an upper into its lower, {@link
 * dev.overlays.merge.report.MergeReport} tells what was done, and a {@link
 * dev.overlays.merge.report.MergeListener} hears of it meanwhile. Beside it {@link
 * dev.overlays.merge.OverlayDiff} tells what an upper changes, and {@link
 * dev.overlays.merge.OverlayVacuum} removes from it what changes nothing.
 *
 * <p>After every single operation of the file system an overlay mounted over the two would show
 * what it showed before the first. So a merge that was cut off, by a signal, a full disk or a loss
 * of power, has lost nothing: mount again, or run it again and it goes on. Times of directories are
 * the exception, they are put right when a directory is done.
 */
package dev.overlays.merge;
