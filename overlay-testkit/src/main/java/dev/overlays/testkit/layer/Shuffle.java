package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Gives listings an order that depends on a seed only, since nobody may rely on any order. */
final class Shuffle {
  private static final Comparator<LayerEntry> BY_NAME =
      (one, other) -> Arrays.compareUnsigned(one.name().toBytes(), other.name().toBytes());

  private final Random random;

  Shuffle(long seed) {
    random = new Random(seed);
  }

  synchronized EntryCursor shuffled(EntryCursor cursor) throws IOException {
    List<LayerEntry> entries = new ArrayList<>();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.add(entry);
    }
    entries.sort(BY_NAME);
    Collections.shuffle(entries, random);
    Iterator<LayerEntry> left = entries.iterator();
    return () -> left.hasNext() ? left.next() : null;
  }
}
