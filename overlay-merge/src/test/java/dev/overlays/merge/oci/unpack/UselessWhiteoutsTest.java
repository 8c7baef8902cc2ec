package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whiteouts in an opaque directory, which hide nothing. */
class UselessWhiteoutsTest {
  private final WhiteoutOnlyDirectories whiteoutOnly = new WhiteoutOnlyDirectories();
  private LayerInMemory layer;

  @BeforeEach
  void makeLayer() throws IOException {
    layer = new LayerInMemory();
  }

  @AfterEach
  void everythingIsClosed() throws IOException {
    layer.store().assertAllClosed();
    layer.close();
  }

  private void removeInRoot() throws IOException {
    try (LayerDirectory root = layer.store().open(layer.root())) {
      new UselessWhiteouts(LayerInMemory.MARKS, whiteoutOnly).removeIn(root, List.of());
      assertTrue(root.stat(Name.SELF).isPresent(), "the first stays open");
    }
  }

  private void addRandomTree(Random random, String path, int depth) throws IOException {
    for (int i = random.nextInt(5); i > 0; i--) {
      String child = path + (char) ('a' + i);
      switch (random.nextInt(depth > 3 ? 2 : 4)) {
        case 0 -> layer.addWhiteout(child);
        case 1 -> layer.addFile(child, child);
        default -> {
          layer.addDirectory(child, 0700);
          addRandomTree(random, child + '/', depth + 1);
          // Times and closed modes come last, as an import sets them.
          layer.addDirectory(child, List.of(0, 0111, 0755, 02750).get(random.nextInt(4)));
        }
      }
    }
  }

  /** Everything else is what it was, also the times and modes of directories. */
  @Test
  void nothingButWhiteoutsGoes() throws IOException {
    long seed = new Random().nextInt();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      layer.close();
      layer = new LayerInMemory();
      addRandomTree(random, "", 0);
      List<String> expected =
          layer.manifest().stream().filter(line -> !line.contains(" CHARACTER_DEVICE ")).toList();
      removeInRoot();
      assertEquals(withoutRootTime(expected), withoutRootTime(layer.manifest()), "seed " + seed);
    }
  }

  /** The import sets the attributes of the first directory when it leaves it. */
  private static List<String> withoutRootTime(List<String> manifest) {
    return manifest.stream().filter(line -> !line.startsWith(". ")).toList();
  }

  @Test
  void innerOpaqueDirectoryIsNotLookedThroughAgain() throws IOException {
    layer
        .addWhiteout("plain/gone")
        .addWhiteout("opaque/kept")
        .addWhiteout("opaque/in/kept")
        .addMark("opaque", Mark.OPAQUE, "y");
    removeInRoot();
    assertFalse(layer.exists("plain/gone"));
    assertTrue(layer.exists("opaque/kept") && layer.exists("opaque/in/kept"));
  }

  @Test
  void directoriesThatHeldOnlyWhiteoutsGoWithThem() throws IOException {
    layer.addWhiteout("a/b/gone").addWhiteout("kept/gone").addFile("c/d/file", "");
    for (String path : List.of("a/b", "c/d")) {
      whiteoutOnly.addCreated(LayerInMemory.namesOf(path), 0);
    }
    removeInRoot();
    assertFalse(layer.exists("a"));
    assertTrue(layer.exists("kept"), "the archive has an entry for it");
    assertTrue(layer.exists("c/d/file"));
  }

  /** The mark makes the kernel look for whiteouts where there are none any more. */
  @Test
  void marksForWhiteoutsGoWithThem() throws IOException {
    layer.addWhiteout("d/e/gone").addMark("d/e", Mark.ORIGIN, "").addMark("d", Mark.ORIGIN, "");
    layer.addMark("", Mark.ORIGIN, "");
    removeInRoot();
    for (String path : List.of("", "d", "d/e")) {
      assertFalse(layer.hasMark(path, Mark.ORIGIN), path);
    }
  }

  /** A device of another number, and a file with the name of a whiteout, are entries. */
  @Test
  void entriesThatLookSimilarStay() throws IOException {
    layer.addFile("empty", "").addFile("d/.wh.x", "");
    List<String> before = layer.manifest();
    removeInRoot();
    assertEquals(withoutRootTime(before), withoutRootTime(layer.manifest()));
  }

  @Test
  void directoryKeepsItsModeAfterAFailureInIt() throws IOException {
    layer.addWhiteout("closed/gone").addDirectory("closed", 0);
    // Opens the directory, removes the mark of its whiteouts, and fails at the whiteout.
    layer.store().failAt(layer.store().changeCount() + 4);
    String problem = "";
    try {
      removeInRoot();
    } catch (IOException e) {
      problem = e.toString();
    }
    assertTrue(problem.contains("gone"), problem);
    assertEquals(0, layer.runAt("closed", LayerEntries::requireStat).mode());
  }
}
