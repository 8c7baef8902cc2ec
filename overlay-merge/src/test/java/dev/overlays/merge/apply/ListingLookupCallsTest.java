package dev.overlays.merge.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts the calls that a {@link ListingLookup} makes. */
class ListingLookupCallsTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
  private LayerDirectory upper;
  private LayerDirectory lower;

  ListingLookupCallsTest() throws IOException {}

  @BeforeEach
  void openLayers() throws IOException {
    upper = store.open(layers.pathOf("upper"));
    lower = store.open(layers.pathOf("lower"));
    store.faults().startRecording();
  }

  @AfterEach
  void closeLayers() throws IOException {
    upper.close();
    lower.close();
  }

  private long countCalls(FileOperation operation) {
    return store.faults().recordedOperations().stream()
        .filter(recorded -> recorded.operation() == operation)
        .count();
  }

  private List<LayerEntry> entriesOfUpper() throws IOException {
    List<LayerEntry> all = new ArrayList<>();
    EntryCursor cursor = upper.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      all.add(entry);
    }
    return all;
  }

  /** A directory with few entries of the upper is not worth a listing of the lower. */
  @Test
  void lowerIsListedOnceAndOnlyForTheFifthName() throws IOException {
    layers.addFile("lower/there", "");
    ListingLookup lookup = new ListingLookup(upper, lower, MarkNamespace.TRUSTED);
    for (int i = 0; i < 4; i++) {
      assertEquals(EntryType.UNKNOWN, lookup.findInLower(Name.of("n" + i)).type());
    }
    assertEquals(0, countCalls(FileOperation.LIST));
    for (int i = 0; i < 100; i++) {
      assertNull(lookup.findInLower(Name.of("n" + i)));
    }
    LayerEntry there = lookup.findInLower(Name.of("there"));
    assertEquals(EntryType.FILE, there.type());
    assertEquals(layers.statOf("lower/there").inode(), there.inode());
    assertEquals(1, countCalls(FileOperation.LIST));
    assertEquals(0, countCalls(FileOperation.STAT));
  }

  @Test
  void directoryWithTooManyNamesIsAskedSingly() throws IOException {
    for (int i = 0; i <= 2000; i++) {
      Files.createFile(layers.pathOf("lower/f" + i));
    }
    ListingLookup lookup = new ListingLookup(upper, lower, MarkNamespace.TRUSTED);
    for (int i = 0; i < 20; i++) {
      assertEquals(EntryType.UNKNOWN, lookup.findInLower(Name.of("f" + i)).type());
    }
    assertTrue(countCalls(FileOperation.LIST) <= 1);
  }

  @Test
  void missingLowerHasNothingAndIsNotAsked() throws IOException {
    ListingLookup lookup = new ListingLookup(upper);
    for (int i = 0; i < 10; i++) {
      assertNull(lookup.findInLower(Name.of("n" + i)));
    }
  }

  @Test
  void whiteoutsOfOneInodeNeedOneStat() throws IOException {
    layers.addWhiteout("upper/w0");
    for (int i = 1; i < 50; i++) {
      Files.createLink(layers.pathOf("upper/w" + i), layers.pathOf("upper/w0"));
    }
    layers.addWhiteout("upper/single").addFile("upper/file", "");
    ListingLookup lookup = new ListingLookup(upper, lower, MarkNamespace.TRUSTED);
    List<LayerEntry> entries = entriesOfUpper();
    for (LayerEntry entry : entries) {
      assertEquals(entry.type(), lookup.statUpper(entry).type());
      assertEquals(entry.inode(), lookup.statUpperIfPresent(entry).orElseThrow().inode());
    }
    assertEquals(1 + 2 * 2, countCalls(FileOperation.STAT), "the others are asked twice each");
  }

  @Test
  void entryThatIsGoneMeanwhileIsEmptyOnRequest() throws IOException {
    LayerEntry gone = new LayerEntry(Name.of("gone"), EntryType.FILE, 99);
    assertEquals(
        Optional.empty(),
        new ListingLookup(upper, lower, MarkNamespace.TRUSTED).statUpperIfPresent(gone));
  }
}
