package dev.overlays.testkit.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryType;
import dev.overlays.merge.Change;
import dev.overlays.merge.ChangeKind;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a diff promises, over random layers of many seeds: it tells what the manifests of the view
 * and of the lower differ in. Extend it for a layer store of your own.
 */
public abstract class DiffContract extends SeededContract {

  /** For those who extend it. */
  protected DiffContract() {}

  /**
   * Returns what a view shows; to be overridden where it can be mounted.
   *
   * @param spec the view
   * @return its manifest, without hard links
   * @throws IOException if it cannot be read
   */
  protected List<String> shown(OverlaySpec spec) throws IOException {
    return LayerView.of(store(), spec.upper().orElseThrow(), spec.lowers(), marks())
        .withoutHardLinks()
        .manifest();
  }

  private Set<Change> differences(MergeCase layers, List<Change> told) throws IOException {
    return DiffOracle.changes(
        layers.lower().withoutHardLinks().manifest(), shown(layers.spec()), renamed(told));
  }

  private static List<Change> renamed(List<Change> told) {
    return told.stream().filter(change -> change.kind() == ChangeKind.RENAMED).toList();
  }

  private List<Change> told(MergeCase layers, long seed, boolean comparing) throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(store()).shuffled(seed);
    OverlayDiff diff = OverlayDiff.of(layers.spec()).store(store).workers(1 + (int) (seed % 3));
    List<Change> told = new ArrayList<>();
    try (Stream<Change> changes = (comparing ? diff.compareContent() : diff).changes()) {
      changes.forEach(told::add);
    }
    store.assertAllClosed();
    assertEquals(0, store.operations(), "a diff changes nothing");
    return told;
  }

  /**
   * With content compared, every path that differs is told, and no other; parents come first.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> tellsExactlyWhatDiffers() {
    return forSeeds(
        (layers, seed) -> {
          List<Change> told = told(layers, seed, true);
          Set<Change> differences = differences(layers, told);
          told.removeAll(renamed(told));
          assertEquals(differences, new HashSet<>(told));
          Set<String> before = new HashSet<>();
          for (Change change : told) {
            assertTrue(before.add(change.path()), () -> "told twice: " + change);
            assertTrue(
                told.stream()
                    .map(Change::path)
                    .filter(path -> change.path().startsWith(path + "/"))
                    .allMatch(before::contains),
                () -> "told before its parent: " + change);
          }
        });
  }

  /**
   * Without that, what was copied up or made anew may be told although it looks the same.
   *
   * @return a test for each seed
   */
  @TestFactory
  protected List<DynamicTest> missesNothingWithoutReadingFiles() {
    return forSeeds(
        (layers, seed) -> {
          Map<String, Change> told = new HashMap<>();
          List<Change> all = told(layers, seed, false);
          Set<Change> differences = differences(layers, all);
          all.removeAll(renamed(all));
          all.forEach(change -> told.put(change.path(), change));
          for (Change change : differences) {
            Change found = told.remove(change.path());
            assertTrue(
                change.equals(found) || (change.kind() == ChangeKind.METADATA && isCareful(found)),
                () -> change + " was told as " + found);
          }
          assertTrue(told.values().stream().allMatch(DiffContract::isCareful), told::toString);
        });
  }

  private static boolean isCareful(Change change) {
    return change != null
        && ((change.kind() == ChangeKind.MODIFIED && change.type() == EntryType.FILE)
            || (change.kind() == ChangeKind.REPLACED && change.type() == EntryType.DIRECTORY));
  }
}
