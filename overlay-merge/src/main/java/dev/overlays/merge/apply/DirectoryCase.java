package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Optional;

/**
 * What a directory of the upper meets under its name.
 *
 * @param stat what it is
 * @param opaque whether it has the mark
 * @param old what the lower has there; null if nothing
 * @param oldHides whether that is a whiteout
 * @param merges whether something of the layers below shows in it
 * @param keepsOpaque whether in the lower it has to hide a directory of the layers below that
 */
record DirectoryCase(
    EntryStat stat,
    boolean opaque,
    EntryStat old,
    boolean oldHides,
    boolean merges,
    boolean keepsOpaque) {

  static DirectoryCase of(MergeLevel level, Name name, MarkNamespace marks) throws IOException {
    EntryStat stat = LayerEntries.present(level.upper(), name);
    boolean opaque = LayerEntries.isOpaque(level.upper(), name, marks);
    LayerDirectory lower = level.lower();
    Optional<EntryStat> found = lower == null ? Optional.empty() : lower.stat(name);
    EntryStat old = found.orElse(null);
    boolean onto = old != null && old.isDirectory();
    boolean oldHides = old != null && !onto && LayerEntries.isWhiteout(lower, name, old, marks);
    boolean hidesBelow = opaque || (old != null && !onto);
    boolean directoryBelow =
        level.below().find(name).filter(shown -> shown.stat().isDirectory()).isPresent();
    boolean merges = !opaque && (onto || (directoryBelow && !hidesBelow));
    return new DirectoryCase(stat, opaque, old, oldHides, merges, hidesBelow && directoryBelow);
  }

  /** Whether the lower has a directory there. */
  boolean goesOntoDirectory() {
    return old != null && old.isDirectory();
  }
}
