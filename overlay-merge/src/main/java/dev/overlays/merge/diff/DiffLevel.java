package dev.overlays.merge.diff;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.apply.ListedTypes;
import dev.overlays.merge.run.ViewPlace;
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
  private static final int NEAR = 64;

  private final LayerDirectory upper;
  private final MergedDirectory merged;
  private final MergedDirectory old;
  private final ViewPlace place;
  private final ViewPlace source;
  private final ListedTypes listings;
  private final Set<Name> names = new HashSet<>();
  private final Deque<EntryComparison.ComparedEntry> read = new ArrayDeque<>();
  private DiffAhead ahead;
  private boolean knowsNames = true;
  private EntryCursor entries;
  private Iterator<LayerDirectory> hiding;
  private LayerDirectory hidden;
  private EntryCursor hiddenEntries;

  private DiffLevel(
      LayerDirectory upper,
      MergedDirectory merged,
      MergedDirectory old,
      ViewPlace place,
      ViewPlace source) {
    this.upper = upper;
    listings = new ListedTypes(upper, null);
    this.merged = merged;
    this.old = old;
    this.place = place;
    this.source = source;
  }

  /** The roots; the upper's belongs to this from now on. */
  static DiffLevel rootLevel(LayerDirectory upper, MergedDirectory lowers) {
    return new DiffLevel(upper, lowers, lowers, ViewPlace.ROOT, ViewPlace.ROOT);
  }

  /** Opens a directory of the upper that is in this one. */
  DiffLevel open(Name name, LowerOrigin origin) throws IOException {
    MergedDirectory below = merged.below(upper, name);
    boolean anew = below.isNothing();
    MergedDirectory compared = anew ? old.open(name) : below;
    try {
      ViewPlace from = anew ? source.placeIn(name) : origin.place();
      return new DiffLevel(upper.open(name), below, compared, place.placeIn(name), from);
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
  MergedDirectory merged() {
    return merged;
  }

  /** Whether it shows nothing of the lowers. */
  boolean isAnew() {
    return merged != old;
  }

  /** What it is compared with: what is merged, or else what the lowers have in its place. */
  MergedDirectory old() {
    return old;
  }

  /** Where in the view it is. */
  ViewPlace place() {
    return place;
  }

  /** Where the lowers have what it is compared with. */
  ViewPlace source() {
    return source;
  }

  /** The next entry of the upper; null at the end. */
  EntryComparison.ComparedEntry nextEntry() throws IOException {
    return read.isEmpty() ? readNext() : read.poll();
  }

  /** Lets others begin the next directory, if there is one near. */
  void lookAhead(DiffWalk walk, Executor helpers) throws IOException {
    EntryComparison.ComparedEntry directory = nextDirectory();
    if (directory != null) {
      ahead = DiffAhead.startWalk(directory, walk.walkThrough(this, directory), helpers);
    }
  }

  private EntryComparison.ComparedEntry nextDirectory() throws IOException {
    for (EntryComparison.ComparedEntry entry : read) {
      if (entry.stat().isDirectory()) {
        return entry;
      }
    }
    while (read.size() < NEAR) {
      EntryComparison.ComparedEntry entry = readNext();
      if (entry == null) {
        return null;
      }
      read.add(entry);
      if (entry.stat().isDirectory()) {
        return entry;
      }
    }
    return null;
  }

  /** What others have begun of a directory; null if that is nothing. */
  DiffAhead begunWalk(EntryComparison.ComparedEntry directory) {
    if (ahead == null || !ahead.isOf(directory)) {
      return null;
    }
    DiffAhead taken = ahead;
    ahead = null;
    return taken;
  }

  private EntryComparison.ComparedEntry readNext() throws IOException {
    if (entries == null) {
      entries = upper.entries();
    }
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Optional<EntryStat> stat = listings.upperIfThere(entry);
      if (stat.isPresent()) {
        rememberName(entry.name());
        return new EntryComparison.ComparedEntry(upper, entry.name(), stat.get());
      }
    }
    return null;
  }

  /** Of an opaque directory the names are needed again, for what it hides. */
  private void rememberName(Name name) {
    if (isAnew() && knowsNames) {
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
      hiding = (isAnew() ? old.directories() : List.<LayerDirectory>of()).iterator();
    }
    while (true) {
      LayerEntry entry = hiddenEntries == null ? null : hiddenEntries.next();
      if (entry != null) {
        Optional<ShownEntry> shown = old.find(entry.name());
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
    DiffAhead begun = ahead;
    try (upper;
        old;
        begun) {
      // Only to close all, whatever one of them throws.
    }
  }
}
