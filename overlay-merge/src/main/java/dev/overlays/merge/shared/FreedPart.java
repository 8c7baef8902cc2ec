package dev.overlays.merge.shared;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.run.EntrySelection;

/**
 * What one instance has at one place, for {@link FreedSpaceWalk}.
 *
 * @param directory the directory of its upper; null if it has none
 * @param selection the entries that are merged
 * @param isMerged whether this upper is merged
 * @param isVisible whether the instance shows what the lower has here
 * @param hidesLower whether its directory hides what the lower has in its own
 */
record FreedPart(
    LayerDirectory directory,
    EntrySelection selection,
    boolean isMerged,
    boolean isVisible,
    boolean hidesLower) {}
