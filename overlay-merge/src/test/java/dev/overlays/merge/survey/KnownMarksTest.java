package dev.overlays.merge.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.testkit.layer.FaultyLayerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests {@link KnownMarks} and its {@link MarkBloomFilter}s. */
class KnownMarksTest {
  private static final List<String> ORIGIN = List.of("trusted.overlay.origin");

  private final long seed = new Random().nextLong();
  private final KnownMarks known = new KnownMarks(MarkNamespace.TRUSTED);

  private static TreePlace placeOf(int number) {
    return TreePlace.ROOT.resolveChild(Name.of("d" + number % 100));
  }

  private static Name nameOf(int number) {
    return Name.of("f" + number);
  }

  /** Four threads add entries at once, whose bits share words of the filter. */
  @Test
  void filterForgetsNoEntryOfAnyThread() throws InterruptedException {
    MarkBloomFilter filter = new MarkBloomFilter();
    int each = 50_000;
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(
                thread ->
                    new Thread(
                        () -> {
                          for (int i = thread * each; i < (thread + 1) * each; i++) {
                            filter.addEntry(placeOf(i), nameOf(i));
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < 4 * each; i++) {
      assertTrue(filter.mayContain(placeOf(i), nameOf(i)), "entry " + i);
    }
  }

  /** Each false positive costs one call, so one entry in a thousand may be one. */
  @Test
  void filterOfAHundredThousandEntriesHasFewFalsePositives() {
    MarkBloomFilter filter = new MarkBloomFilter();
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      filter.addEntry(placeOf(i), nameOf(i));
    }
    int wrong = 0;
    for (int i = count; i < 2 * count; i++) {
      wrong += filter.mayContain(placeOf(i), nameOf(i)) ? 1 : 0;
    }
    assertTrue(wrong < count / 1000, "false positives: " + wrong);
    assertFalse(new MarkBloomFilter().mayContain(TreePlace.ROOT, nameOf(0)));
  }

  @Test
  void entryWithAMarkIsNeverTakenForAPlainOne() {
    Random random = new Random(seed);
    List<List<String>> kinds =
        List.of(
            List.of(),
            ORIGIN,
            List.of("trusted.overlay.metacopy"),
            List.of("trusted.overlay.origin", "trusted.overlay.redirect"),
            List.of("user.own"));
    List<List<String>> all = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      List<String> xattrs = kinds.get(random.nextInt(kinds.size()));
      all.add(xattrs);
      boolean needsLook = !xattrs.isEmpty() && !xattrs.equals(ORIGIN);
      assertEquals(needsLook, known.rememberXattrs(placeOf(i), nameOf(i), xattrs));
    }
    int plain = 0;
    for (int i = 0; i < all.size(); i++) {
      Optional<List<String>> marks = known.plainMarks(placeOf(i), nameOf(i));
      if (all.get(i).isEmpty() || all.get(i).equals(ORIGIN)) {
        plain += marks.isPresent() ? 1 : 0;
        boolean lost = marks.isPresent() && !marks.get().containsAll(all.get(i));
        assertFalse(lost, "entry " + i + ", seed " + seed);
      } else {
        assertEquals(Optional.empty(), marks, "entry " + i + ", seed " + seed);
      }
    }
    assertTrue(plain > 7_500, "nearly all plain entries are known as such: " + plain);
  }

  @Test
  void entryThatWasNotAskedIsAsked() {
    known.rememberUnasked(placeOf(1), nameOf(1));
    assertEquals(Optional.empty(), known.plainMarks(placeOf(1), nameOf(1)));
  }

  @Test
  void attributesAreListedOnlyWhereTheyAreNotKnown() throws IOException {
    HandMadeLayers layers = new HandMadeLayers().addFile("upper/f1", "").addFile("upper/f2", "");
    layers.addMark("upper/f1", Mark.IMPURE, "y");
    known.rememberXattrs(TreePlace.ROOT, nameOf(1), List.of("trusted.overlay.impure"));
    known.rememberXattrs(TreePlace.ROOT, nameOf(2), List.of());
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.faults().startRecording();
    try (LayerDirectory upper = store.open(layers.pathOf("upper"))) {
      assertEquals(List.of(), known.listXattrs(upper, TreePlace.ROOT, nameOf(2)));
      assertEquals(1, store.faults().recordedOperations().size(), "the opening only");
      assertEquals(
          List.of("trusted.overlay.impure"), known.listXattrs(upper, TreePlace.ROOT, nameOf(1)));
      known.distrustAll();
      known.listXattrs(upper, TreePlace.ROOT, nameOf(2));
      assertEquals(3, store.faults().recordedOperations().size());
      assertEquals(Optional.empty(), known.plainMarks(TreePlace.ROOT, nameOf(2)));
    }
  }
}
