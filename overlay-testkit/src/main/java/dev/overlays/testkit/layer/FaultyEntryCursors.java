package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Lists a directory of a layer, in random order if listings are shuffled. */
final class FaultyEntryCursors {
  private static final Comparator<LayerEntry> BY_NAME =
      (one, other) -> Arrays.compareUnsigned(one.name().toBytes(), other.name().toBytes());

  private FaultyEntryCursors() {}

  static EntryCursor of(LayerDirectory directory, OperationFaults faults) throws IOException {
    EntryCursor cursor = directory.entries();
    EntryCursor ordered =
        faults.shufflesListings() ? shuffledCursor(directory, cursor, faults) : cursor;
    return () -> {
      faults.throwIfCrashed();
      return ordered.next();
    };
  }

  /** Entries that have been read are not returned once the directory is closed. */
  private static EntryCursor shuffledCursor(
      LayerDirectory directory, EntryCursor cursor, OperationFaults faults) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.add(entry);
    }
    entries.sort(BY_NAME);
    faults.shuffleListing(entries);
    Iterator<LayerEntry> left = entries.iterator();
    return () -> {
      directory.stat(Name.SELF);
      return left.hasNext() ? left.next() : null;
    };
  }
}
