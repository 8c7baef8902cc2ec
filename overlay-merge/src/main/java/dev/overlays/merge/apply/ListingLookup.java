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
public final class ListingLookup {
  /** Of so many entries each is asked for before a listing is made. */
  private static final int ASKED_SINGLY = 4;

  /** More names than these are not kept in memory. */
  private static final int MOST_NAMES = 2000;

  private final LayerDirectory upper;
  private final LayerDirectory lower;
  private EntryStat knownWhiteout;
  private int namesAsked;
  private Map<Name, LayerEntry> lowerNames;

  /** The lower's is null where there is none. */
  public ListingLookup(LayerDirectory upper, LayerDirectory lower) {
    this.upper = upper;
    this.lower = lower;
  }

  /** Tells what an entry of the upper is that nobody takes away. */
  public EntryStat statUpper(LayerEntry entry) throws IOException {
    return isKnownWhiteout(entry)
        ? knownWhiteout
        : rememberWhiteout(LayerEntries.present(upper, entry.name()));
  }

  /** Tells what an entry of the upper is, if it is still there. */
  public Optional<EntryStat> statUpperIfPresent(LayerEntry entry) throws IOException {
    return isKnownWhiteout(entry)
        ? Optional.of(knownWhiteout)
        : upper.stat(entry.name()).map(this::rememberWhiteout);
  }

  /**
   * The kernel makes whiteouts that are names of one inode, which is asked for once; source:
   * ovl_whiteout() in fs/overlayfs/dir.c.
   */
  private boolean isKnownWhiteout(LayerEntry entry) {
    return knownWhiteout != null
        && entry.type() == EntryType.CHARACTER_DEVICE
        && entry.inode() == knownWhiteout.inode();
  }

  private EntryStat rememberWhiteout(EntryStat stat) {
    if (stat.isWhiteoutDevice() && stat.links() > 1) {
      knownWhiteout = stat;
    }
    return stat;
  }

  /**
   * Tells what the lower has under a name that has not been asked for yet.
   *
   * @return the entry, of the kind {@link EntryType#UNKNOWN} if it has to be asked for; null if
   *     there is none
   */
  LayerEntry findInLower(Name name) throws IOException {
    if (lower == null) {
      return null;
    }
    if (namesAsked++ == ASKED_SINGLY) {
      lowerNames = listLower();
    }
    return lowerNames == null ? new LayerEntry(name, EntryType.UNKNOWN, 0) : lowerNames.get(name);
  }

  private Map<Name, LayerEntry> listLower() throws IOException {
    Map<Name, LayerEntry> all = new HashMap<>();
    EntryCursor cursor = lower.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (all.size() == MOST_NAMES) {
        return null;
      }
      all.put(entry.name(), entry);
    }
    return all;
  }
}
