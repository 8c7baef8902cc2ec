package dev.overlays.merge.oci.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories of any size, sorted by name within a limited memory. */
class SortedEntriesTest {
  private static final EntryStat STAT =
      new EntryStat(
          EntryType.FILE,
          0644,
          0,
          0,
          0,
          0,
          1,
          1,
          1,
          0,
          0,
          Instant.EPOCH,
          Instant.EPOCH,
          false,
          false);

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private int listings;

  private List<ShownEntry> randomDirectory(int count) {
    List<ShownEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[1 + random.nextInt(20)];
      Arrays.fill(name, (byte) (random.nextBoolean() ? 0xff : 'a'));
      byte[] number = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
      byte[] whole = Arrays.copyOf(name, name.length + number.length);
      System.arraycopy(number, 0, whole, name.length, number.length);
      entries.add(new ShownEntry(0, null, Name.of(whole), STAT));
    }
    return entries;
  }

  private void listInto(SortedEntries sorted, List<ShownEntry> directory) {
    listings++;
    sorted.beginListing();
    Collections.shuffle(directory, random);
    directory.forEach(sorted::addEntry);
    sorted.endListing();
  }

  private ShownEntry takeNext(SortedEntries sorted, List<ShownEntry> directory) {
    if (sorted.needsListing()) {
      listInto(sorted, directory);
    }
    return sorted.takeNext();
  }

  private static List<Name> inOrder(List<ShownEntry> directory) {
    return directory.stream()
        .map(ShownEntry::name)
        .sorted((one, two) -> Arrays.compareUnsigned(one.toBytes(), two.toBytes()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1000, 100_000, 2_000_000, 1L << 40})
  void returnsEveryEntryOnceInOrder(long memory) {
    List<ShownEntry> directory = randomDirectory(memory < 100_000 ? 300 : 5000);
    SortedEntries sorted = new SortedEntries(new ListingMemory(memory));
    List<Name> taken = new ArrayList<>();
    ShownEntry entry = takeNext(sorted, directory);
    while (entry != null) {
      taken.add(entry.name());
      entry = takeNext(sorted, directory);
    }
    assertEquals(inOrder(directory), taken, "seed " + seed);
    int most = memory < 100_000 ? 300 : memory < 2_000_000 ? 40 : 1;
    assertTrue(listings <= most, listings + " listings with seed " + seed);
  }

  /** The outermost directories drop their entries first, and continue where they were. */
  @Test
  void openListingsStayWithinTheMemory() {
    ListingMemory memory = new ListingMemory(200_000);
    List<List<ShownEntry>> directories = new ArrayList<>();
    List<SortedEntries> open = new ArrayList<>();
    List<List<Name>> taken = new ArrayList<>();
    for (int level = 0; level < 30; level++) {
      directories.add(randomDirectory(300));
      open.add(new SortedEntries(memory));
      taken.add(new ArrayList<>());
      for (int i = 0; i < 100; i++) {
        taken.get(level).add(takeNext(open.get(level), directories.get(level)).name());
      }
    }
    for (int level = 29; level >= 0; level--) {
      ShownEntry entry = takeNext(open.get(level), directories.get(level));
      while (entry != null) {
        taken.get(level).add(entry.name());
        entry = takeNext(open.get(level), directories.get(level));
      }
      memory.closeListing(open.get(level));
      assertEquals(inOrder(directories.get(level)), taken.get(level), "seed " + seed);
    }
    assertTrue(listings > 30, "nothing was forgotten");
    assertTrue(listings < 120, listings + " listings");
    assertEquals(0, memory.heldBytes());
  }
}
