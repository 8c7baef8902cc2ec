package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.ClosedHandleException;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.TaskHelpers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way of an import through the directories of a new layer. */
class DirectoryStackTest {
  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private LayerInMemory layer;
  private DirectoryStack stack;

  /** The mode and the time that a directory gets. */
  private record GivenAttributes(int mode, Instant modified) {}

  private static final GivenAttributes IMPLIED = new GivenAttributes(0755, Instant.EPOCH);

  @BeforeEach
  void openStack() throws IOException {
    layer = new LayerInMemory();
    stack = openStack(layer.store().open(layer.root()));
  }

  private static DirectoryStack openStack(LayerDirectory root) {
    CreationQueue creations = new CreationQueue(new TaskHelpers(1));
    return new DirectoryStack(root, LayerInMemory.MARKS, creations);
  }

  @AfterEach
  void everythingIsClosed() throws IOException {
    stack.close();
    layer.store().assertAllClosed();
    layer.close();
  }

  private LayerDirectory goTo(String path) throws IOException {
    return stack.goTo(LayerInMemory.namesOf(path)).orElseThrow();
  }

  private GivenAttributes attributesOf(String path) throws IOException {
    EntryStat stat = layer.runAt(path, LayerEntries::requireStat);
    return new GivenAttributes(stat.mode(), stat.modified());
  }

  /** An archive may come back to a directory at any time, with an entry for it or without. */
  @Test
  void everyDirectoryEndsWithItsLastAttributesOrTheImpliedOnes() throws IOException {
    Map<String, GivenAttributes> expected = new HashMap<>(Map.of("", IMPLIED));
    for (int step = 0; step < 2000; step++) {
      List<String> names = new ArrayList<>();
      for (int depth = random.nextInt(4); depth > 0; depth--) {
        names.add(List.of("a", "b", "c").get(random.nextInt(3)));
        expected.putIfAbsent(String.join("/", names), IMPLIED);
      }
      String path = String.join("/", names);
      LayerDirectory directory = goTo(path);
      directory.createFile(Name.of("file" + step)).close();
      if (random.nextInt(4) == 0) {
        // Also modes that let nobody in, and one that new directories would inherit.
        int mode = List.of(0, 0500, 02755, 0777, 04111).get(random.nextInt(5));
        GivenAttributes given = new GivenAttributes(mode, Instant.ofEpochSecond(step + 1L, 5));
        stack.setFinish(
            left -> {
              left.setTimes(Name.SELF, Instant.EPOCH, given.modified());
              left.setMode(Name.SELF, given.mode());
            });
        expected.put(path, given);
      }
    }
    stack.leaveAll();
    for (Map.Entry<String, GivenAttributes> each : expected.entrySet()) {
      assertEquals(each.getValue(), attributesOf(each.getKey()), each.getKey() + ", seed " + seed);
    }
  }

  /** New entries would inherit the group of such a directory, and a closed one takes none. */
  @Test
  void enteredDirectoryIsTheOwnersAlone() throws IOException {
    layer.addDirectory("closed", 02000);
    goTo("closed");
    assertEquals(0700, attributesOf("closed").mode());
    stack.goToRoot();
    assertEquals(new GivenAttributes(02000, Instant.ofEpochSecond(02000)), attributesOf("closed"));
  }

  @ParameterizedTest
  @CsvSource({"file", "link", "file/in", "link/in"})
  void nothingIsEnteredButDirectories(String path) throws IOException {
    layer.addFile("file", "x").addFile("real/in/x", "x");
    Files.createSymbolicLink(layer.root().resolve("link"), layer.root().resolve("real"));
    List<String> before = layer.manifest();
    assertTrue(stack.goTo(LayerInMemory.namesOf(path)).isEmpty());
    assertEquals(before, layer.manifest());
    // The directories before it stay entered.
    assertTrue(stack.goToRoot().stat(Name.of("real")).isPresent());
  }

  @Test
  void directoryInPlaceOfAWhiteoutIsOpaque() throws IOException {
    layer.addWhiteout("d/gone");
    goTo("d/gone/inner");
    assertTrue(stack.hidesBelow());
    stack.leaveAll();
    assertTrue(layer.hasMark("d/gone", Mark.OPAQUE));
    assertFalse(layer.hasMark("d/gone/inner", Mark.OPAQUE), "its parent hides all already");
    assertFalse(layer.hasMark("d", Mark.OPAQUE));
  }

  @ParameterizedTest
  @CsvSource({
    "d/e/f, 3",
    "d/e, 2",
    "d, 1",
    "d/e/missing/x, 2",
    "missing, 0",
    "d/file/x, 1",
    "d/file, 1",
    "d/white, -1",
    "d/white/x, -1",
    "link/e, 0"
  })
  void directoriesOfAPathAreCountedFromWhereverTheStackIs(String path, int count)
      throws IOException {
    layer.addFile("d/e/f/x", "x").addFile("d/file", "x").addWhiteout("d/white");
    Files.createSymbolicLink(layer.root().resolve("link"), layer.root().resolve("d"));
    for (String current : List.of("", "d", "d/e", "d/e/f", "other")) {
      goTo(current);
      int open = layer.store().openHandles();
      assertEquals(count, stack.countDirectories(LayerInMemory.namesOf(path)), "from " + current);
      assertEquals(open, layer.store().openHandles(), "left open from " + current);
    }
  }

  /** ovl_path_real and the merge of listings: a directory of one layer needs the mark to hide. */
  @Test
  void whiteoutMarksItsDirectoryExceptTheRoot() throws IOException {
    goTo("a/b");
    stack.hideName(Name.of("gone"));
    stack.goToRoot();
    stack.hideName(Name.of("gone"));
    stack.leaveAll();
    assertTrue(layer.isWhiteout("a/b/gone") && layer.isWhiteout("gone"));
    assertTrue(layer.hasMark("a/b", Mark.ORIGIN));
    assertFalse(layer.hasMark("a", Mark.ORIGIN) || layer.hasMark("", Mark.ORIGIN));
    EntryStat whiteout = layer.runAt("a/b/gone", LayerEntries::requireStat);
    assertEquals(Instant.EPOCH, whiteout.modified(), "the time of the import");
  }

  /** The kernel lists a whiteout of an opaque directory, although there is nothing to hide. */
  @Test
  void opaqueDirectoryHasNoWhiteoutsAnywhereInIt() throws IOException {
    goTo("o/inner");
    stack.hideName(Name.of("before"));
    goTo("o");
    stack.hideName(Name.of("before"));
    stack.hideBelow();
    stack.hideName(Name.of("after"));
    goTo("o/inner");
    assertTrue(stack.hidesBelow());
    stack.hideName(Name.of("after"));
    goTo("other");
    assertFalse(stack.hidesBelow());
    stack.leaveAll();
    for (String path : List.of("o/before", "o/after", "o/inner/before", "o/inner/after")) {
      assertFalse(layer.exists(path), path);
    }
    assertTrue(layer.hasMark("o", Mark.OPAQUE));
  }

  /** The mark is on the disk, so that it counts when an archive comes back. */
  @Test
  void opaqueDirectoryHidesAlsoWhenItIsEnteredAgain() throws IOException {
    goTo("o");
    stack.hideBelow();
    stack.goToRoot();
    goTo("o/new");
    assertTrue(stack.hidesBelow());
    stack.hideName(Name.of("x"));
    assertFalse(layer.exists("o/new/x"));
  }

  @ParameterizedTest
  @CsvSource({
    "d/e/file, true",
    "d/e, true",
    "top, true",
    "d/no, false",
    "top/x, false",
    "no/x, false"
  })
  void entryIsFoundFromWhereverTheStackIs(String path, boolean found) throws IOException {
    layer.addFile("d/e/file", "x").addFile("top", "x");
    for (String current : List.of("", "d", "d/e", "other")) {
      LayerDirectory directory = goTo(current);
      List<Name> hits = new ArrayList<>();
      stack.findEntry(LayerInMemory.namesOf(path), (number, from, name, stat) -> hits.add(name));
      List<Name> names = LayerInMemory.namesOf(path);
      assertEquals(found ? List.of(names.get(names.size() - 1)) : List.of(), hits, current);
      assertTrue(directory.stat(Name.SELF).isPresent(), "still open");
    }
  }

  /** Whatever fails, closing the stack closes every directory. */
  @Test
  void failureAtAnyChangeLeavesNothingOpenAfterClose() throws IOException {
    int failures = 0;
    for (int number = 1; number < 40; number++) {
      try (LayerInMemory other = new LayerInMemory()) {
        LayerDirectory root = other.store().open(other.root());
        other.store().failAt(number);
        try (DirectoryStack failing = openStack(root)) {
          failing.goTo(LayerInMemory.namesOf("a/b/c"));
          failing.hideName(Name.of("x"));
          failing.goTo(LayerInMemory.namesOf("a/d"));
          failing.hideBelow();
          failing.goTo(LayerInMemory.namesOf("a/b/c/d"));
          failing.leaveAll();
        } catch (IOException e) {
          failures++;
        }
        other.store().assertAllClosed();
      }
    }
    assertTrue(failures > 15, failures + " failures");
  }

  @Test
  void rootStaysOpenUntilClose() throws IOException {
    goTo("a");
    stack.leaveAll();
    assertEquals(IMPLIED, attributesOf(""));
    LayerDirectory root = stack.rootDirectory();
    assertTrue(root.stat(Name.of("a")).isPresent());
    stack.close();
    assertThrows(ClosedHandleException.class, () -> root.stat(Name.SELF));
  }
}
