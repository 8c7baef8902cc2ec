package dev.overlays.merge.run;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.Optional;

/**
 * The states of the entries of one directory, of which the whiteouts are asked only once: those
 * that the kernel makes are names of one inode. Source: ovl_whiteout() in fs/overlayfs/dir.c.
 */
public final class WhiteoutStats {
  private final LayerDirectory directory;
  private EntryStat knownWhiteout;

  public WhiteoutStats(LayerDirectory directory) {
    this.directory = directory;
  }

  /** Returns the state of a listed entry, which must exist. */
  public EntryStat requireStat(LayerEntry entry) throws IOException {
    return isKnown(entry)
        ? knownWhiteout
        : remember(LayerEntries.requireStat(directory, entry.name()));
  }

  /** Returns the state of a listed entry, if it is still there. */
  public Optional<EntryStat> statIfPresent(LayerEntry entry) throws IOException {
    return isKnown(entry)
        ? Optional.of(knownWhiteout)
        : directory.stat(entry.name()).map(this::remember);
  }

  private boolean isKnown(LayerEntry entry) {
    return knownWhiteout != null
        && entry.type() == EntryType.CHARACTER_DEVICE
        && entry.inode() == knownWhiteout.inode();
  }

  private EntryStat remember(EntryStat stat) {
    if (stat.isWhiteoutDevice() && stat.links() > 1) {
      knownWhiteout = stat;
    }
    return stat;
  }
}
