package dev.overlays.merge.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.survey.RenamedEntry;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.InjectedFaultException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link UpperCompletion} with {@link LowerPullUp} and {@link MetacopyCompletion}. */
class UpperCompletionTest {
  private static final Instant OLD = Instant.ofEpochSecond(1_500_000_000, 1);

  private final HandMadeLayers layers = new HandMadeLayers();

  UpperCompletionTest() throws IOException {}

  /** Completes the upper, and compares the view after every change. */
  private Completion complete(boolean renames, boolean single) throws IOException {
    FaultyLayerStore store = layers.watchingStore();
    Completion completion = completion(store, renames, single);
    completion.run();
    store.assertAllClosed();
    return completion;
  }

  private Completion completion(LayerStore store, boolean renames, boolean single) {
    return new Completion(store, layers.pathOf("upper").getParent(), renames, single);
  }

  /** A directory with one in it, both renamed, over two lowers, and a renamed metacopy file. */
  private void renameNested() throws IOException {
    layers.addFile("lower/old/kept", "a").addFile("lower/old/inner/deep/file", "b");
    layers.addFile("lower/old/inner/other", "c").addFile("base/old/inner/deep/below", "d");
    layers.addFile("base/old/base", "e").addFile("lower/old/changed", "f");
    layers.addFile("lower/old/deleted", "g").addFile("lower/data", "h");
    layers.addFile("lower/new/hidden", "of a directory that was removed before");
    layers.addFile("upper/new/changed", "F").addWhiteout("upper/new/deleted");
    layers.addWhiteout("upper/old").addMark("upper/new", Mark.REDIRECT, "/old");
    layers.addDirectory("upper/new/moved").addMark("upper/new/moved", Mark.REDIRECT, "inner");
    layers.addWhiteout("upper/new/inner").addFile("upper/new/moved/deep/mine", "i");
    layers
        .addMetacopy("upper/copy", 1)
        .addMark("upper/copy", Mark.REDIRECT, "/data")
        .addWhiteout("upper/data");
    layers.setMode("upper/copy", 0640);
    layers.withEqualTimes();
    layers.setModified("upper/new", OLD).setModified("upper/new/moved/deep", OLD);
  }

  /** The kernel reads no redirect of an opaque directory, so a crash may leave one. */
  private void assertIndependent() throws IOException {
    assertEquals(Optional.of("y"), layers.markOf("upper/new", Mark.OPAQUE));
    assertEquals(Optional.of("y"), layers.markOf("upper/new/moved", Mark.OPAQUE));
    assertEquals(Optional.empty(), layers.markOf("upper/copy", Mark.METACOPY));
    assertEquals("h", layers.contentOf("upper/copy"));
    assertEquals(0640, layers.modeOf("upper/copy"));
    assertEquals("b", layers.contentOf("upper/new/moved/deep/file"));
    assertEquals("i", layers.contentOf("upper/new/moved/deep/mine"));
    assertFalse(layers.exists("upper/new/inner/deep"), "what was renamed away stays deleted");
    assertEquals(OLD, layers.statOf("upper/new").modified());
    assertEquals(OLD, layers.statOf("upper/new/moved/deep").modified());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void renamedEntriesHoldEverythingThatTheyShow(boolean renames) throws IOException {
    renameNested();
    List<String> baseBefore = layers.namesIn("base");
    complete(renames, false);
    assertIndependent();
    for (String path : List.of("upper/new", "upper/new/moved", "upper/copy")) {
      assertEquals(Optional.empty(), layers.markOf(path, Mark.REDIRECT), path);
      assertEquals(Optional.empty(), layers.markOf(path, Mark.MERGE_TIME), path);
    }
    assertEquals("d", layers.contentOf("upper/new/moved/deep/below"));
    assertEquals("e", layers.contentOf("upper/new/base"));
    assertEquals(baseBefore, layers.namesIn("base"), "layers below the lower never change");
    assertEquals(renames, !layers.exists("lower/old/kept"));
    assertEquals(List.of(), layers.namesIn("work"));
  }

  /** Each run crashes a change later than the run before, and goes on with what that has left. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void crashAtAnyChangeKeepsTheViewAndTheNextRunFinishes(boolean renames) throws IOException {
    renameNested();
    List<String> view = layers.view().manifest();
    int crash = 1;
    for (boolean finished = false; !finished; crash++) {
      FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE).crashAt(crash);
      try {
        completion(store, renames, false).run();
        finished = true;
      } catch (InjectedFaultException e) {
        assertTrue(store.hasCrashed());
      }
      store.assertAllClosed();
      assertEquals(view, layers.view().manifest(), "after crash " + crash);
    }
    assertTrue(crash > 10, "there were " + crash + " runs");
    assertIndependent();
  }

  @Test
  void singleLowerGivesUpWholeTreesByOneRenameAndCountsThem() throws IOException {
    layers.addFile("lower/old/tree/a/b", "x").addFile("lower/old/file", "y");
    layers.addDirectory("upper/new").addMark("upper/new", Mark.REDIRECT, "/old");
    layers.addWhiteout("upper/old");
    Completion completion = complete(true, true);
    assertEquals(List.of("old"), layers.namesIn("lower"));
    assertEquals(
        List.of(
            "DELETED old/file", "DELETED old/tree", "DELETED old/tree/a", "DELETED old/tree/a/b"),
        completion.counted.stream().sorted().toList());
    assertFalse(completion.treesCrossed);
  }

  /** As between subvolumes; the caller then makes the copies durable before it goes on. */
  @Test
  void refusedRenameBecomesACopyThatIsReported() throws IOException {
    renameNested();
    AlteredStore parted =
        new AlteredStore(
            HandMadeLayers.STORE,
            (directory, method, arguments, call) -> {
              if (method.equals("rename")
                  && directory.toString().contains("/lower")
                  && !arguments[1].toString().contains("/lower")) {
                throw new AtomicMoveNotSupportedException("a", "b", "another subvolume");
              }
              return call.make();
            });
    List<String> lower = layers.namesIn("lower");
    Completion completion = completion(parted, true, false);
    completion.run();
    assertTrue(completion.treesCrossed);
    assertTrue(completion.filesCrossed);
    assertIndependent();
    assertEquals(lower, layers.namesIn("lower"));
  }

  /** The kernel would let nobody write to an upper that had them. */
  @Test
  void protectionOfALowersEntryBecomesAMark() throws IOException {
    layers.addFile("base/old/file", "x").addDirectory("upper/new");
    layers.addMark("upper/new", Mark.REDIRECT, "/old").addWhiteout("upper/old");
    layers.runAt("base/old/file", (directory, name) -> directory.setProtection(name, true, true));
    Completion completion = completion(HandMadeLayers.STORE, true, false);
    completion.run();
    assertEquals(Optional.of("ia"), layers.markOf("upper/new/file", Mark.PROTATTR));
    assertFalse(layers.statOf("upper/new/file").immutable());
    assertTrue(completion.hasProtected);
  }

  /** A metacopy file of the upper at its own place, over one of the lower. */
  private void makeMetacopy() throws IOException {
    layers.addFile("lower/file", "data").setMode("lower/file", 0600);
    layers.addMetacopy("upper/file", 4);
    layers.setMode("upper/file", 0604).setModified("upper/file", OLD);
  }

  private void makeRenamedMetacopy() throws IOException {
    makeMetacopy();
    Files.move(layers.pathOf("lower/file"), layers.pathOf("lower/data"));
    layers.addMark("upper/file", Mark.REDIRECT, "/data").addWhiteout("upper/data");
  }

  private void assertCompleted(int mode) throws IOException {
    assertEquals("data", layers.contentOf("upper/file"));
    assertEquals(mode, layers.modeOf("upper/file"));
    assertEquals(OLD, layers.statOf("upper/file").modified());
    assertEquals(Optional.empty(), layers.markOf("upper/file", Mark.METACOPY));
  }

  @Test
  void renamedMetacopyTakesTheDataOfTheLowerByARename() throws IOException {
    makeRenamedMetacopy();
    long inode = layers.statOf("lower/data").inode();
    complete(true, false);
    assertCompleted(0604);
    assertEquals(inode, layers.statOf("upper/file").inode());
    assertEquals(List.of(), layers.namesIn("lower"));
  }

  @Test
  void dataUnderAnotherNameIsCopiedSoThatItsInodeStays() throws IOException {
    makeRenamedMetacopy();
    Files.createLink(layers.pathOf("lower/second"), layers.pathOf("lower/data"));
    complete(true, false);
    assertCompleted(0604);
    assertEquals(List.of("data", "second"), layers.namesIn("lower"));
    assertEquals(0600, layers.modeOf("lower/second"));
  }

  @Test
  void metacopyWithTwoNamesIsCompletedInPlace() throws IOException {
    makeMetacopy();
    Files.createLink(layers.pathOf("upper/second"), layers.pathOf("upper/file"));
    long inode = layers.statOf("upper/file").inode();
    completion(HandMadeLayers.STORE, true, false).run();
    assertCompleted(0604);
    assertEquals(inode, layers.statOf("upper/second").inode());
    assertEquals("data", layers.contentOf("upper/second"));
    assertEquals(Optional.empty(), layers.markOf("upper/second", Mark.MERGE_TIME));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void completedFileKeepsTheMarkOfItsProtectionAndNoOther(boolean isProtected) throws IOException {
    makeMetacopy();
    layers.addMark("lower/file", Mark.PROTATTR, "a").addMark("upper/file", Mark.ORIGIN, "handle");
    if (isProtected) {
      layers.addMark("upper/file", Mark.PROTATTR, "i");
    }
    completion(HandMadeLayers.STORE, true, false).run();
    assertEquals(
        isProtected ? Optional.of("i") : Optional.empty(),
        layers.markOf("upper/file", Mark.PROTATTR));
  }

  @Test
  void missingDataIsThrownWithThePathAndChangesNothing() throws IOException {
    layers.addMetacopy("upper/copy", 4).addMark("upper/copy", Mark.REDIRECT, "/none");
    OverlayException e =
        assertThrows(OverlayException.class, completion(HandMadeLayers.STORE, true, false)::run);
    Problem problem = e.problems().get(0);
    assertEquals(ProblemCode.METACOPY_DATA_MISSING, problem.code());
    assertEquals("/root/upper/copy", problem.path().orElseThrow().toString());
    assertEquals(Optional.of(""), layers.markOf("upper/copy", Mark.METACOPY));
    assertEquals(Optional.of("/none"), layers.markOf("upper/copy", Mark.REDIRECT));
    assertNotEquals("", problem.remedy());
  }

  @Test
  void directoryShownTwiceIsAProblemAndAFileIsNot() throws IOException {
    layers.addDirectory("lower/old").addFile("lower/file", "x");
    layers.addDirectory("upper/new").addFile("upper/copy", "");
    TreePlace root = TreePlace.ROOT;
    List<RenamedEntry> renamed =
        List.of(
            new RenamedEntry(child(root, "new"), child(root, "old"), true),
            new RenamedEntry(child(root, "copy"), child(root, "file"), false));
    try (LayerDirectory upper = layers.openDirectory("upper")) {
      assertEquals(
          List.of(ProblemCode.REDIRECT_REPEATED),
          UpperCompletion.findProblems(upper, MarkNamespace.TRUSTED, renamed).stream()
              .map(Problem::code)
              .toList(),
          "the data of a file is copied then");
    }
  }

  private static TreePlace child(TreePlace place, String name) {
    return place.resolveChild(Name.of(name));
  }

  /** The data of a file that the view shows elsewhere, too, must not be moved away. */
  @Test
  void fileShownTwiceIsCopied() throws IOException {
    layers.addFile("lower/file", "data").addMetacopy("upper/copy", 4);
    layers.addMark("upper/copy", Mark.REDIRECT, "/file");
    complete(true, true);
    assertEquals("data", layers.contentOf("upper/copy"));
    assertEquals("data", layers.contentOf("lower/file"));
  }
}
