package dev.overlays.merge.diff;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.apply.ListingLookup;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.survey.LowerPlace;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** One directory of the view during a diff. Iterates over its entries. */
final class DiffLevel implements Closeable {
  /** More names are not kept in memory. */
  private static final int MOST_NAMES = 2000;

  /** The number of entries that are read ahead to find the next directory. */
  private static final int ENTRIES_AHEAD = 64;

  private final LayerDirectory upper;
  private final MergedDirectory mergedLower;
  private final MergedDirectory comparedLower;
  private final TreePlace place;
  private final TreePlace source;
  private final ListingLookup listings;
  private final Set<Name> names = new HashSet<>();
  private final Deque<EntryComparison.UpperEntry> entriesRead = new ArrayDeque<>();
  private DirectoryPrefetch prefetch;
  private boolean knowsNames = true;
  private EntryCursor entries;
  private Iterator<LayerDirectory> hiding;
  private LayerDirectory hidden;
  private EntryCursor hiddenEntries;

  private DiffLevel(
      LayerDirectory upper,
      MergedDirectory merged,
      MergedDirectory old,
      TreePlace place,
      TreePlace source) {
    this.upper = upper;
    listings = new ListingLookup(upper);
    this.mergedLower = merged;
    this.comparedLower = old;
    this.place = place;
    this.source = source;
  }

  /** Returns the level of the roots. It closes the upper's root. */
  static DiffLevel rootLevel(LayerDirectory upper, MergedDirectory lowers) {
    return new DiffLevel(upper, lowers, lowers, TreePlace.ROOT, TreePlace.ROOT);
  }

  /** Opens an inner directory of the upper. */
  DiffLevel openInner(Name name, LowerPlace origin) throws IOException {
    MergedDirectory below = mergedLower.below(upper, name);
    boolean anew = below.isInNoLayer();
    MergedDirectory compared = anew ? comparedLower.openMerged(name) : below;
    try {
      TreePlace from = anew ? source.resolveChild(name) : origin.place();
      return new DiffLevel(upper.open(name), below, compared, place.resolveChild(name), from);
    } catch (IOException | RuntimeException e) {
      try (compared) {
        throw e;
      }
    }
  }

  LayerDirectory upper() {
    return upper;
  }

  /** Returns the directory of the lowers that is merged below it. */
  MergedDirectory mergedLower() {
    return mergedLower;
  }

  /** Whether the view shows nothing of the lowers in it. */
  boolean hidesLowers() {
    return mergedLower != comparedLower;
  }

  /**
   * Returns the directory of the lowers that it is compared with: the merged one, or else the one
   * at its place.
   */
  MergedDirectory comparedLower() {
    return comparedLower;
  }

  /** Returns its place in the view. */
  TreePlace place() {
    return place;
  }

  /** Returns the place of the compared directory in the lowers. */
  TreePlace source() {
    return source;
  }

  /** Returns the next entry of the upper; null at the end. */
  EntryComparison.UpperEntry nextEntry() throws IOException {
    return entriesRead.isEmpty() ? readNext() : entriesRead.poll();
  }

  /** Lets a helper start the next directory, if one is among the next entries. */
  void lookAhead(DiffWalk walk, Executor helpers) throws IOException {
    EntryComparison.UpperEntry directory = nextDirectory();
    if (directory != null) {
      prefetch = DirectoryPrefetch.startIn(directory, walk.walkThrough(this, directory), helpers);
    }
  }

  private EntryComparison.UpperEntry nextDirectory() throws IOException {
    for (EntryComparison.UpperEntry entry : entriesRead) {
      if (entry.stat().isDirectory()) {
        return entry;
      }
    }
    while (entriesRead.size() < ENTRIES_AHEAD) {
      EntryComparison.UpperEntry entry = readNext();
      if (entry == null) {
        return null;
      }
      entriesRead.add(entry);
      if (entry.stat().isDirectory()) {
        return entry;
      }
    }
    return null;
  }

  /** Returns the prefetch of a directory; null if there is none. */
  DirectoryPrefetch takePrefetch(EntryComparison.UpperEntry directory) {
    if (prefetch == null || !prefetch.isOf(directory)) {
      return null;
    }
    DirectoryPrefetch taken = prefetch;
    prefetch = null;
    return taken;
  }

  private EntryComparison.UpperEntry readNext() throws IOException {
    if (entries == null) {
      entries = upper.entries();
    }
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Optional<EntryStat> stat = listings.statUpperIfPresent(entry);
      if (stat.isPresent()) {
        rememberName(entry.name());
        return new EntryComparison.UpperEntry(upper, entry.name(), stat.get());
      }
    }
    return null;
  }

  /** Remembers the names of an opaque directory, to find what it hides. */
  private void rememberName(Name name) {
    if (hidesLowers() && knowsNames) {
      names.add(name);
      knowsNames = names.size() <= MOST_NAMES;
    }
  }

  private boolean upperHas(Name name) throws IOException {
    return knowsNames ? names.contains(name) : upper.stat(name).isPresent();
  }

  /** Returns the next entry of the lowers that an opaque directory hides; null at the end. */
  ShownEntry nextHidden() throws IOException {
    if (hiding == null) {
      hiding =
          (hidesLowers() ? comparedLower.mergedDirectories() : List.<LayerDirectory>of())
              .iterator();
    }
    while (true) {
      LayerEntry entry = hiddenEntries == null ? null : hiddenEntries.next();
      if (entry != null) {
        Optional<ShownEntry> shown = comparedLower.findShown(entry.name());
        // Of several layers that have the name, one shows it.
        if (shown.isPresent() && shown.get().directory() == hidden && !upperHas(entry.name())) {
          return shown.get();
        }
      } else if (hiding.hasNext()) {
        hidden = hiding.next();
        hiddenEntries = hidden.entries();
      } else {
        return null;
      }
    }
  }

  @Override
  public void close() throws IOException {
    // If the merged directory is not the compared one, it is empty and has no handles.
    DirectoryPrefetch begun = prefetch;
    try (upper;
        comparedLower;
        begun) {
      // Closes all, even if one of them throws.
    }
  }
}
