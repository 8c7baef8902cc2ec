package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What listings tell of one directory of the upper and the lower's of the same name, so that not
 * each entry has to be asked for: a question costs more than anything else that is done for one.
 */
public final class ListedTypes {
  /** Of so many entries each is asked for before a listing is made. */
  private static final int FEW = 4;

  /** More names than these are not kept in memory. */
  private static final int MOST = 2000;

  private final LayerDirectory upper;
  private final LayerDirectory lower;
  private EntryStat whiteout;
  private int asked;
  private Map<Name, LayerEntry> names;

  /** The lower's is null where there is none. */
  public ListedTypes(LayerDirectory upper, LayerDirectory lower) {
    this.upper = upper;
    this.lower = lower;
  }

  /** Tells what an entry of the upper is that nobody takes away. */
  public EntryStat upperStat(LayerEntry entry) throws IOException {
    return isWhiteout(entry) ? whiteout : rememberedStat(LayerEntries.present(upper, entry.name()));
  }

  /** Tells what an entry of the upper is, if it is still there. */
  public Optional<EntryStat> upperIfThere(LayerEntry entry) throws IOException {
    return isWhiteout(entry)
        ? Optional.of(whiteout)
        : upper.stat(entry.name()).map(this::rememberedStat);
  }

  /**
   * The kernel makes whiteouts that are names of one inode, which is asked for once; source:
   * ovl_whiteout() in fs/overlayfs/dir.c.
   */
  private boolean isWhiteout(LayerEntry entry) {
    return whiteout != null
        && entry.type() == EntryType.CHARACTER_DEVICE
        && entry.inode() == whiteout.inode();
  }

  private EntryStat rememberedStat(EntryStat stat) {
    if (stat.isWhiteoutDevice() && stat.links() > 1) {
      whiteout = stat;
    }
    return stat;
  }

  /**
   * Tells what the lower has under a name that has not been asked for yet.
   *
   * @return the entry, of the kind {@link EntryType#UNKNOWN} if it has to be asked for; null if
   *     there is none
   */
  LayerEntry lowerEntry(Name name) throws IOException {
    if (lower == null) {
      return null;
    }
    if (asked++ == FEW) {
      names = listEntries();
    }
    return names == null ? new LayerEntry(name, EntryType.UNKNOWN, 0) : names.get(name);
  }

  private Map<Name, LayerEntry> listEntries() throws IOException {
    Map<Name, LayerEntry> all = new HashMap<>();
    EntryCursor cursor = lower.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (all.size() == MOST) {
        return null;
      }
      all.put(entry.name(), entry);
    }
    return all;
  }
}
