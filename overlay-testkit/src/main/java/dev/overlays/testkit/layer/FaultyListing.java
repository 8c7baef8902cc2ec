package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** The listing of a layer's directory, shuffled if that is asked. */
final class FaultyListing {
  private static final Comparator<LayerEntry> BY_NAME =
      (one, other) -> Arrays.compareUnsigned(one.name().toBytes(), other.name().toBytes());

  private FaultyListing() {}

  static EntryCursor of(EntryCursor cursor, Faults faults) throws IOException {
    EntryCursor ordered = faults.isShuffled() ? shuffled(cursor, faults) : cursor;
    return () -> {
      faults.alive();
      return ordered.next();
    };
  }

  private static EntryCursor shuffled(EntryCursor cursor, Faults faults) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.add(entry);
    }
    entries.sort(BY_NAME);
    faults.shuffle(entries);
    Iterator<LayerEntry> left = entries.iterator();
    return () -> left.hasNext() ? left.next() : null;
  }
}
