package dev.overlays.merge.diff;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.Shown;
import dev.overlays.merge.apply.Listings;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.survey.Origin;
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
  private static final int NEAR = 64;

  private final LayerDirectory upper;
  private final MergedDirectory merged;
  private final MergedDirectory old;
  private final Place place;
  private final Place source;
  private final Listings listings;
  private final Set<Name> names = new HashSet<>();
  private final Deque<Comparison.Entry> read = new ArrayDeque<>();
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
      Place place,
      Place source) {
    this.upper = upper;
    listings = new Listings(upper, null);
    this.merged = merged;
    this.old = old;
    this.place = place;
    this.source = source;
  }

  /** Returns the level of the roots. It closes the upper's root. */
  static DiffLevel root(LayerDirectory upper, MergedDirectory lowers) {
    return new DiffLevel(upper, lowers, lowers, Place.ROOT, Place.ROOT);
  }

  /** Opens an inner directory of the upper. */
  DiffLevel open(Name name, Origin origin) throws IOException {
    MergedDirectory below = merged.below(upper, name);
    boolean anew = below.isNothing();
    MergedDirectory compared = anew ? old.open(name) : below;
    try {
      Place from = anew ? source.in(name) : origin.place();
      return new DiffLevel(upper.open(name), below, compared, place.in(name), from);
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
  MergedDirectory merged() {
    return merged;
  }

  /** Whether the view shows nothing of the lowers in it. */
  boolean isAnew() {
    return merged != old;
  }

  /**
   * Returns the directory of the lowers that it is compared with: the merged one, or else the one
   * at its place.
   */
  MergedDirectory old() {
    return old;
  }

  /** Returns its place in the view. */
  Place place() {
    return place;
  }

  /** Returns the place of the compared directory in the lowers. */
  Place source() {
    return source;
  }

  /** Returns the next entry of the upper; null at the end. */
  Comparison.Entry next() throws IOException {
    return read.isEmpty() ? readNext() : read.poll();
  }

  /** Lets a helper start the next directory, if one is among the next entries. */
  void lookAhead(DiffWalk walk, Executor helpers) throws IOException {
    Comparison.Entry directory = nextDirectory();
    if (directory != null) {
      ahead = DiffAhead.start(directory, walk.through(this, directory), helpers);
    }
  }

  private Comparison.Entry nextDirectory() throws IOException {
    for (Comparison.Entry entry : read) {
      if (entry.stat().isDirectory()) {
        return entry;
      }
    }
    while (read.size() < NEAR) {
      Comparison.Entry entry = readNext();
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

  /** Returns the prefetch of a directory; null if there is none. */
  DiffAhead begun(Comparison.Entry directory) {
    if (ahead == null || !ahead.isOf(directory)) {
      return null;
    }
    DiffAhead taken = ahead;
    ahead = null;
    return taken;
  }

  private Comparison.Entry readNext() throws IOException {
    if (entries == null) {
      entries = upper.entries();
    }
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      Optional<EntryStat> stat = listings.upperIfThere(entry);
      if (stat.isPresent()) {
        remember(entry.name());
        return new Comparison.Entry(upper, entry.name(), stat.get());
      }
    }
    return null;
  }

  /** Remembers the names of an opaque directory, to find what it hides. */
  private void remember(Name name) {
    if (isAnew() && knowsNames) {
      names.add(name);
      knowsNames = names.size() <= MOST_NAMES;
    }
  }

  private boolean upperHas(Name name) throws IOException {
    return knowsNames ? names.contains(name) : upper.stat(name).isPresent();
  }

  /** Returns the next entry of the lowers that an opaque directory hides; null at the end. */
  Shown nextHidden() throws IOException {
    if (hiding == null) {
      hiding = (isAnew() ? old.directories() : List.<LayerDirectory>of()).iterator();
    }
    while (true) {
      LayerEntry entry = hiddenEntries == null ? null : hiddenEntries.next();
      if (entry != null) {
        Optional<Shown> shown = old.find(entry.name());
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
    DiffAhead begun = ahead;
    try (upper;
        old;
        begun) {
      // Closes all, even if one of them throws.
    }
  }
}
