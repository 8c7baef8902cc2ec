package dev.overlays.merge.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.Mark;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges one kind of entry at a time. Compares the view, the operations and the counts. */
class MergeStepsTest {
  private static final Instant OLD = Instant.ofEpochSecond(1_400_000_000, 7);

  private final HandMadeLayers layers = new HandMadeLayers();
  private final Map<String, MergeAction> heard = new TreeMap<>();
  private List<RecordedOperation> operations = List.of();

  MergeStepsTest() throws IOException {}

  /** Merges, and compares the view after every change, and the report with that of a dry run. */
  private MergeReport merge(UnaryOperator<OverlayMerge> choices) throws IOException {
    FaultyLayerStore store = layers.watchingStore();
    OverlayMerge merge = choices.apply(OverlayMerge.of(layers.spec()));
    MergeReport would = merge.store(HandMadeLayers.STORE).dryRun();
    store.faults().startRecording();
    MergeReport did =
        merge.store(store).listener((action, path, bytes) -> heard.put(path, action)).run();
    store.assertAllClosed();
    operations = store.faults().recordedOperations();
    assertEquals(would.counts(), did.counts());
    assertEquals(List.of(), layers.namesIn("work"));
    return did;
  }

  private MergeReport merge() throws IOException {
    MergeReport report = merge(choices -> choices);
    assertEquals(List.of(), layers.namesIn("upper"));
    return report;
  }

  private List<String> changes(FileOperation operation) {
    return operations.stream()
        .filter(recorded -> recorded.operation() == operation)
        .map(RecordedOperation::path)
        .filter(path -> !path.contains(".overlays-"))
        .toList();
  }

  /** What the upper's directory, the lower's entry and that of the layer below are. */
  @ParameterizedTest
  @CsvSource({
    // upper, lower, base, the lower's directory is opaque afterwards, action
    "plain, nothing, nothing, false, ADDED",
    "opaque, nothing, nothing, false, ADDED",
    "plain, file, nothing, false, ADDED",
    "plain, whiteout, nothing, false, ADDED",
    "plain, nothing, directory, false, ADDED",
    "opaque, nothing, directory, true, ADDED",
    "plain, file, directory, true, ADDED",
    "plain, whiteout, directory, true, ADDED",
    "opaque, file, directory, true, ADDED",
    "opaque, directory, nothing, false, ADDED",
    "opaque, directory, directory, true, ADDED",
    "plain, directory, nothing, false, UPDATED",
    "plain, directory, directory, false, UPDATED",
    "plain, directory, file, false, UPDATED",
    "opaque, directory, file, false, ADDED",
  })
  void directoryBecomesWhatTheViewShowsOverAnyLowers(
      String upper, String lower, String base, boolean opaque, MergeAction action)
      throws IOException {
    layers.addFile("upper/dir/own", "new").setMode("upper/dir", 0711);
    if (upper.equals("opaque")) {
      layers.addMark("upper/dir", Mark.OPAQUE, "y");
    }
    for (Map.Entry<String, String> layer : Map.of("lower", lower, "base", base).entrySet()) {
      String path = layer.getKey() + "/dir";
      switch (layer.getValue()) {
        case "file" -> layers.addFile(path, "a file");
        case "whiteout" -> layers.addWhiteout(path);
        case "directory" ->
            layers.addFile(path + "/" + layer.getKey(), "").addFile(path + "/own", "");
        default -> assertFalse(layers.exists(path));
      }
    }
    List<String> base0 = layers.namesIn("base");
    layers.withEqualTimes();
    merge();
    assertEquals(
        opaque ? Optional.of("y") : Optional.empty(), layers.markOf("lower/dir", Mark.OPAQUE));
    assertEquals(0711, layers.modeOf("lower/dir"));
    assertEquals("new", layers.contentOf("lower/dir/own"));
    assertEquals(action, heard.get("dir"));
    assertEquals(base0, layers.namesIn("base"), "layers below never change");
    assertEquals(
        upper.equals("plain") && lower.equals("directory"), layers.exists("lower/dir/lower"));
  }

  @Test
  void newTreeMovesByOneRenameWithoutItsMarksAndWhiteouts() throws IOException {
    layers.addFile("upper/new/a/b/file", "x").addWhiteout("upper/new/a/gone");
    layers.addMark("upper/new/a", Mark.OPAQUE, "y").addMark("upper/new/a/b", Mark.IMPURE, "y");
    layers.addMark("upper/new/a/b/file", Mark.ORIGIN, "handle");
    layers.setModified("upper/new/a", OLD).setModified("upper/new", OLD);
    merge();
    assertEquals(List.of("/root/upper/new -> /root/lower/new"), changes(FileOperation.RENAME));
    assertEquals(List.of("new", "new/a", "new/a/b", "new/a/b/file"), layers.namesIn("lower"));
    assertEquals(OLD, layers.statOf("lower/new/a").modified());
    assertEquals(OLD, layers.statOf("lower/new").modified());
    assertTrue(
        layers.allLines().stream().noneMatch(line -> line.contains("trusted.overlay.")),
        "marks are left");
  }

  /** Everything that the lowers show in it was moved by the merge itself. */
  @Test
  void dryRunCountsARenamedDirectoryAsTheMergeDoes() throws IOException {
    layers.addFile("lower/old/kept", "1").addFile("lower/old/sub/deep", "2");
    layers.addFile("base/old/below", "3").addFile("lower/old/deleted", "4");
    layers.addFile("upper/new/mine", "5").addWhiteout("upper/new/deleted");
    layers.addMark("upper/new", Mark.REDIRECT, "/old").addWhiteout("upper/old");
    layers.withEqualTimes();
    MergeReport report = merge();
    assertEquals(
        List.of("below", "kept", "mine", "sub", "sub/deep"),
        layers.namesIn("lower").stream()
            .filter(name -> name.startsWith("new/"))
            .map(name -> name.substring("new/".length()))
            .toList());
    assertEquals(6, report.count(MergeAction.ADDED));
    assertEquals(5, report.count(MergeAction.DELETED), heard::toString);
  }

  @ParameterizedTest
  @CsvSource({
    // the lower's entry, that of the layer below, what the lower has afterwards
    "file, nothing, false",
    "directory, nothing, false",
    "nothing, nothing, false",
    "whiteout, nothing, false",
    "file, file, true",
    "directory, file, true",
    "nothing, file, true",
    "nothing, directory, true",
    "whiteout, file, true",
    "marked, file, true",
    "marked, nothing, false",
  })
  void whiteoutDeletesAndStaysOnlyWhereALayerBelowHasSomething(
      String lower, String base, boolean stays) throws IOException {
    for (String form : List.of("device", "marked")) {
      for (Map.Entry<String, String> layer : Map.of("lower", lower, "base", base).entrySet()) {
        String path = layer.getKey() + "/" + form;
        switch (layer.getValue()) {
          case "file" -> layers.addFile(path, "old");
          case "directory" -> layers.addFile(path + "/a/b", "");
          case "whiteout" -> layers.addWhiteout(path);
          case "marked" -> layers.addFile(path, "").addMark(path, Mark.WHITEOUT, "y");
          default -> assertFalse(layers.exists(path));
        }
      }
    }
    layers.addWhiteout("upper/device").addFile("upper/marked", "");
    layers.addMark("upper/marked", Mark.WHITEOUT, "y");
    MergeReport report = merge();
    assertEquals(stays, layers.exists("lower/device"));
    assertEquals(stays, layers.exists("lower/marked"));
    int deleted =
        switch (lower) {
          case "file" -> 2;
          case "directory" -> 6;
          default -> 0;
        };
    assertEquals(deleted, report.count(MergeAction.DELETED));
    assertEquals(0, report.count(MergeAction.KEPT));
  }

  /** A rename between two names of one inode does nothing, and all whiteouts may be one. */
  @Test
  void whiteoutThatIsTheLowersOwnIsRemoved() throws IOException {
    layers.addFile("base/gone", "").addWhiteout("lower/gone");
    Files.createLink(layers.pathOf("upper/gone"), layers.pathOf("lower/gone"));
    merge();
    assertTrue(layers.statOf("lower/gone").isWhiteoutDevice());
  }

  /** The kernel would list such names once the lower's directory is shown alone. */
  @Test
  void orphanWhiteoutsOfTheLowerGoWithTheUppersDirectory() throws IOException {
    layers.addWhiteout("lower/dir/orphan").addFile("lower/dir/kept", "");
    layers.addFile("upper/dir/new", "").withEqualTimes();
    merge();
    assertEquals(List.of("dir", "dir/kept", "dir/new"), layers.namesIn("lower"));
  }

  @Test
  void protectedEntriesOfTheUpperAreProtectedInTheLower() throws IOException {
    layers.addFile("upper/dir/file", "new").addFile("lower/dir/file", "old");
    layers.addFile("upper/tree/inside", "x");
    layers.addMark("upper/dir/file", Mark.PROTATTR, "i").addMark("upper/tree", Mark.PROTATTR, "a");
    merge();
    assertTrue(layers.statOf("lower/dir/file").immutable());
    assertTrue(layers.statOf("lower/tree").appendOnly());
    assertFalse(layers.statOf("lower/tree/inside").appendOnly());
    assertEquals(Optional.empty(), layers.markOf("lower/dir/file", Mark.PROTATTR));
  }

  /** The kernel looks at the mark in the upper alone. The lower may have been one before. */
  @Test
  void protectionThatTheLowerOnlyHasAsAMarkStaysHiddenWhenItsDirectoryIsRenamed()
      throws IOException {
    layers.addFile("lower/old/dir/inner/file", "x").addFile("lower/old/file", "y");
    for (String path : List.of("dir", "dir/inner", "dir/inner/file", "file")) {
      layers.addMark("lower/old/" + path, Mark.PROTATTR, "i");
    }
    layers.addDirectory("upper/new").addMark("upper/new", Mark.REDIRECT, "/old");
    layers.addWhiteout("upper/old").addFile("upper/guarded", "z");
    layers.addMark("upper/guarded", Mark.PROTATTR, "i");
    OverlaySpec oneLower =
        layers.spec().toBuilder().lowers(List.of(layers.pathOf("lower"))).build();
    OverlayMerge.of(oneLower).store(HandMadeLayers.STORE).run();
    for (String path : List.of("dir", "dir/inner", "dir/inner/file", "file")) {
      assertFalse(layers.statOf("lower/new/" + path).immutable(), path);
    }
    assertTrue(layers.statOf("lower/guarded").immutable());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void treesThatGiveWayAreCountedAndLeaveNothingInTheWorkDirectory(int workers) throws IOException {
    for (int i = 0; i < 30; i++) {
      layers.addFile("lower/d" + i + "/a/b/old", "").addFile("upper/d" + i + "/new", "");
      layers.addMark("upper/d" + i, Mark.OPAQUE, "y");
    }
    layers.withEqualTimes();
    MergeReport report = merge(choices -> choices.workers(workers));
    assertEquals(30 * 3, report.count(MergeAction.DELETED));
    assertEquals(30 * 2, report.count(MergeAction.ADDED));
    assertEquals(60, layers.namesIn("lower").size());
  }

  @Test
  void dryRunStatesTheSpaceThatIsFreed() throws IOException {
    layers.addFile("lower/deleted", "12345").addWhiteout("upper/deleted");
    layers.addFile("lower/replaced", "123").addFile("upper/replaced", "new one");
    layers.addFile("lower/linked", "1234567").addWhiteout("upper/linked");
    Files.createLink(layers.pathOf("base/other"), layers.pathOf("lower/linked"));
    MergeReport would = OverlayMerge.of(layers.spec()).store(HandMadeLayers.STORE).dryRun();
    assertEquals(8, would.bytesFreed(), "another name keeps the data");
    assertEquals(8, OverlayMerge.of(layers.spec()).store(HandMadeLayers.STORE).bytesFreed());
    assertEquals(7, would.bytesMoved());
  }

  /** What is merged of it must not uncover what the rest still hides. */
  @Test
  void opaqueDirectoryThatIsMergedInPartGetsAWhiteoutForEachNameItHides() throws IOException {
    layers.addFile("upper/dir/goes", "").addFile("upper/dir/stays", "");
    layers.addDirectory("upper/dir/sub").addMark("upper/dir", Mark.OPAQUE, "y");
    layers.addFile("lower/dir/old", "").addFile("lower/dir/sub/deep", "");
    layers.addFile("base/dir/older", "").withEqualTimes();
    FaultyLayerStore store = layers.watchingStore();
    OverlayMerge.of(layers.spec()).only("dir/goes").store(store).run();
    assertEquals(Optional.empty(), layers.markOf("upper/dir", Mark.OPAQUE));
    assertEquals(Optional.of("y"), layers.markOf("upper/dir/sub", Mark.OPAQUE));
    assertTrue(layers.statOf("upper/dir/old").isWhiteoutDevice());
    assertTrue(layers.statOf("upper/dir/older").isWhiteoutDevice());
    assertTrue(layers.exists("lower/dir/goes"));
    assertTrue(layers.exists("lower/dir/old"), "only what is asked for is merged");
  }

  @Test
  void whatIsLeftOutStaysWithTheDirectoriesAroundIt() throws IOException {
    layers.addFile("upper/dir/stays", "").addFile("upper/dir/goes", "");
    layers.addFile("upper/new/sub/stays", "").addFile("upper/new/goes", "");
    layers.addDirectory("lower/dir").setModified("upper/new/sub", OLD);
    MergeReport report = merge(choices -> choices.exclude("**/stays"));
    assertEquals(
        List.of("dir", "dir/stays", "new", "new/sub", "new/sub/stays"), layers.namesIn("upper"));
    assertEquals(List.of("dir", "dir/goes", "new", "new/goes", "new/sub"), layers.namesIn("lower"));
    assertEquals(2, report.count(MergeAction.KEPT));
    assertEquals(OLD, layers.statOf("lower/new/sub").modified());
    assertEquals(OLD, layers.statOf("upper/new/sub").modified());
    List<String> marks = new ArrayList<>();
    for (String name : layers.namesIn("upper")) {
      layers.markOf("upper/" + name, Mark.MERGE_TIME).ifPresent(marks::add);
    }
    assertEquals(List.of(), marks);
  }
}
