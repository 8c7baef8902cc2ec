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
import dev.overlays.merge.survey.LowerOrigin;
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

/** One directory of the view while a diff is in it: gives its entries one after the other. */
final class DiffLevel implements Closeable {
  /** More names than these are not kept in memory. */
  private static final int MOST_NAMES = 2000;

  /** So many entries are read before their turn. */
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
    listings = new ListingLookup(upper, null);
    this.mergedLower = merged;
    this.comparedLower = old;
    this.place = place;
    this.source = source;
  }

  /** The roots; the upper's belongs to this from now on. */
  static DiffLevel rootLevel(LayerDirectory upper, MergedDirectory lowers) {
    return new DiffLevel(upper, lowers, lowers, TreePlace.ROOT, TreePlace.ROOT);
  }

  /** Opens a directory of the upper that is in this one. */
  DiffLevel openInner(Name name, LowerOrigin origin) throws IOException {
    MergedDirectory below = mergedLower.below(upper, name);
    boolean anew = below.isNothing();
    MergedDirectory compared = anew ? comparedLower.open(name) : below;
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

  /** What the view merges into it. */
  MergedDirectory mergedLower() {
    return mergedLower;
  }

  /** Whether it shows nothing of the lowers. */
  boolean hidesLowers() {
    return mergedLower != comparedLower;
  }

  /** What it is compared with: what is merged, or else what the lowers have in its place. */
  MergedDirectory comparedLower() {
    return comparedLower;
  }

  /** Where in the view it is. */
  TreePlace place() {
    return place;
  }

  /** Where the lowers have what it is compared with. */
  TreePlace source() {
    return source;
  }

  /** The next entry of the upper; null at the end. */
  EntryComparison.UpperEntry nextEntry() throws IOException {
    return entriesRead.isEmpty() ? readNext() : entriesRead.poll();
  }

  /** Lets others begin the next directory, if there is one near. */
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

  /** What others have begun of a directory; null if that is nothing. */
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

  /** Of an opaque directory the names are needed again, for what it hides. */
  private void rememberName(Name name) {
    if (hidesLowers() && knowsNames) {
      names.add(name);
      knowsNames = names.size() <= MOST_NAMES;
    }
  }

  private boolean upperHas(Name name) throws IOException {
    return knowsNames ? names.contains(name) : upper.stat(name).isPresent();
  }

  /** The next entry of the old directory that an opaque one hides; null at the end. */
  ShownEntry nextHidden() throws IOException {
    if (hiding == null) {
      hiding = (hidesLowers() ? comparedLower.directories() : List.<LayerDirectory>of()).iterator();
    }
    while (true) {
      LayerEntry entry = hiddenEntries == null ? null : hiddenEntries.next();
      if (entry != null) {
        Optional<ShownEntry> shown = comparedLower.find(entry.name());
        // A name that several layers have is shown by one of them.
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
    // What is merged but is not the old one is nothing.
    DirectoryPrefetch begun = prefetch;
    try (upper;
        comparedLower;
        begun) {
      // Only to close all, whatever one of them throws.
    }
  }
}
