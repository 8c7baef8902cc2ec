package dev.overlays.merge.apply;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.WhiteoutStats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looks up entries of one directory of the upper, and of the lower's of the same name, in listings.
 * That saves a stat for most entries, the most expensive part of merging one.
 */
public final class ListingLookup {
  /** The lower is listed only after so many single lookups. */
  private static final int ASKED_SINGLY = 4;

  /** A directory with more names is not kept in memory. */
  private static final int MOST_NAMES = 2000;

  private final WhiteoutStats upperStats;
  private final LayerDirectory lower;
  private final MarkNamespace marks;
  private int namesAsked;
  private Map<Name, LayerEntry> lowerNames;
  private boolean lowerFilesMayHide;

  /** Looks up entries of the upper only. */
  public ListingLookup(LayerDirectory upper) {
    this(upper, null, null);
  }

  /** The lower's directory is null where there is none. */
  public ListingLookup(LayerDirectory upper, LayerDirectory lower, MarkNamespace marks) {
    upperStats = new WhiteoutStats(upper);
    this.lower = lower;
    this.marks = marks;
  }

  /** Returns the state of an entry of the upper, which must exist. */
  public EntryStat statUpper(LayerEntry entry) throws IOException {
    return upperStats.requireStat(entry);
  }

  /** Returns the state of an entry of the upper, if it is still there. */
  public Optional<EntryStat> statUpperIfPresent(LayerEntry entry) throws IOException {
    return upperStats.statIfPresent(entry);
  }

  /**
   * Returns what the lower has under a name that was not looked up before.
   *
   * @return the entry, of type {@link EntryType#UNKNOWN} if it needs a stat; null if there is none
   */
  LayerEntry findInLower(Name name) throws IOException {
    if (lower == null) {
      return null;
    }
    if (namesAsked++ == ASKED_SINGLY) {
      lowerNames = listLower();
    }
    if (lowerNames == null) {
      return new LayerEntry(name, EntryType.UNKNOWN, 0);
    }
    LayerEntry found = lowerNames.get(name);
    return found != null && found.type() == EntryType.FILE && lowerFilesMayHide
        ? new LayerEntry(name, EntryType.UNKNOWN, found.inode())
        : found;
  }

  /**
   * Whether files of a directory may be whiteouts: its opaque mark says so. Source: "Nesting
   * overlayfs mounts" in the kernel's Documentation/filesystems/overlayfs.rst.
   */
  private boolean holdsMarkedWhiteouts(LayerDirectory directory) throws IOException {
    return directory
        .xattr(Name.SELF, Mark.OPAQUE.xattr(marks))
        .filter(value -> new String(value, StandardCharsets.US_ASCII).equals("x"))
        .isPresent();
  }

  private Map<Name, LayerEntry> listLower() throws IOException {
    lowerFilesMayHide = holdsMarkedWhiteouts(lower);
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
