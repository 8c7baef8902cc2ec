package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * What the lowers have under the name of an upper's directory.
 *
 * @param stat the state of the upper's directory
 * @param isOpaque whether the upper's directory is opaque
 * @param lowerStat the state of the lower's entry; null if there is none
 * @param lowerIsWhiteout whether the lower's entry is a whiteout
 * @param mergesLower whether the view merges it with directories of the lowers
 * @param keepsOpaque whether it has to stay opaque in the lower, to hide a directory of the layers
 *     below
 */
record LowerCounterpart(
    EntryStat stat,
    boolean isOpaque,
    EntryStat lowerStat,
    boolean lowerIsWhiteout,
    boolean mergesLower,
    boolean keepsOpaque) {

  static LowerCounterpart of(MergeLevel level, Name name, MarkNamespace marks) throws IOException {
    EntryStat stat = LayerEntries.requireStat(level.upper(), name);
    boolean opaque = LayerEntries.isOpaque(level.upper(), name, marks);
    LayerDirectory lower = level.lower();
    Optional<EntryStat> found = lower == null ? Optional.empty() : lower.stat(name);
    EntryStat old = found.orElse(null);
    boolean onto = old != null && old.isDirectory();
    boolean oldHides = old != null && !onto && LayerEntries.isWhiteout(lower, name, old, marks);
    boolean hidesBelow = opaque || (old != null && !onto);
    boolean directoryBelow =
        level.below().findShown(name).filter(shown -> shown.stat().isDirectory()).isPresent();
    boolean merges = !opaque && (onto || (directoryBelow && !hidesBelow));
    return new LowerCounterpart(stat, opaque, old, oldHides, merges, hidesBelow && directoryBelow);
  }

  /** Whether the lower has a directory of this name. */
  boolean meetsDirectory() {
    return lowerStat != null && lowerStat.isDirectory();
  }
}
